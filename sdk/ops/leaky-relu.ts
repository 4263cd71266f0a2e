import { numberAttribute } from './attributes.ts';
import { multiplyByQuantizedMultiplier, quantizeMultiplier } from './fixed-point.ts';
import { roundingOf, roundToEven } from './requantize.ts';
import { unaryCodesOperator } from './unary-codes.ts';

const MAX_ALPHA = 1024;

/** x, and alpha * x below 0, of int8 codes. Attribute: alpha. */
export const leakyRelu = unaryCodesOperator('leaky-relu', ['alpha'], (node, input, output, mode) => {
  const alpha = numberAttribute(node, 'alpha', -MAX_ALPHA, MAX_ALPHA);
  const ratio = Math.fround(input.scale / output.scale);
  if (mode === 'float') {
    // XNNPACK's multipliers in 256ths, ties up.
    const [above, below] = [roundToEven(256 * ratio), roundToEven(256 * Math.fround(ratio * alpha))];
    return (code) => {
      const steps = code - input.zeroPoint;
      return Math.floor((steps * (steps < 0 ? below : above) + 128) / 256) + output.zeroPoint;
    };
  }
  const rounding = roundingOf(mode);
  const [above, below] = [quantizeMultiplier(ratio, rounding), quantizeMultiplier(Math.abs(ratio * alpha), rounding)];
  return (code) => {
    const steps = code - input.zeroPoint;
    const scaled = steps < 0 ? (alpha < 0 ? -steps : steps) : steps;
    return multiplyByQuantizedMultiplier(scaled, steps < 0 ? below : above, rounding) + output.zeroPoint;
  };
});
