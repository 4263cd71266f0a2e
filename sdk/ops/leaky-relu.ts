import type { Node } from '../ir/graph.ts';
import { UNBOUNDED } from './activation.ts';
import { numberAttribute } from './attributes.ts';
import { multiplyByQuantizedMultiplier, quantizeMultiplier } from './fixed-point.ts';
import { isIn256ths, roundingOf, roundToEven } from './requantize.ts';
import { unaryCodesOperator } from './unary-codes.ts';
import { boundReal, lowerRealBinary, realOperands, withReals } from './unary-f32.ts';

const MAX_ALPHA = 1024;

function alphaOf(node: Node): number {
  return numberAttribute(node, 'alpha', -MAX_ALPHA, MAX_ALPHA);
}

const onCodes = unaryCodesOperator('leaky-relu', ['alpha'], (node, input, output, mode) => {
  const alpha = alphaOf(node);
  const ratio = Math.fround(input.scale / output.scale);
  const slope = Math.fround(ratio * alpha);
  if (mode === 'float' && isIn256ths(ratio) && isIn256ths(Math.abs(slope)) && slope > -128) {
    // XNNPACK's multipliers in 256ths, ties up.
    const [above, below] = [roundToEven(256 * ratio), roundToEven(256 * slope)];
    return (code) => {
      const steps = code - input.zeroPoint;
      return Math.floor((steps * (steps < 0 ? below : above) + 128) / 256) + output.zeroPoint;
    };
  }
  const rounding = mode === 'float' ? 'double' : roundingOf(mode);
  const product = Math.fround(Math.fround(input.scale * Math.fround(alpha)) / output.scale);
  const [above, below] = [quantizeMultiplier(ratio, rounding), quantizeMultiplier(Math.abs(product), rounding)];
  return (code) => {
    const steps = code - input.zeroPoint;
    const scaled = steps < 0 ? (alpha < 0 ? -steps : steps) : steps;
    return multiplyByQuantizedMultiplier(scaled, steps < 0 ? below : above, rounding) + output.zeroPoint;
  };
});

const NEGATIVES = { ...UNBOUNDED, max: 0 };
const POSITIVES = { ...UNBOUNDED, min: 0 };

/** x, and alpha * x below 0, of float32 elements or int8 codes. Attribute: alpha. */
export const leakyRelu = withReals(onCodes, {
  attributes: ['alpha'],

  apply(node) {
    const alpha = Math.fround(alphaOf(node));
    return (x) => boundReal(x, POSITIVES) + Math.fround(boundReal(x, NEGATIVES) * alpha);
  },

  lower(node, lowering) {
    const { count, x, y, temporary } = realOperands(node, lowering);
    const [above, below] = [temporary(), temporary()];
    lowerRealBinary(node, lowering, 'mul_f32', count, x, { every: 1 }, below, NEGATIVES);
    lowerRealBinary(node, lowering, 'mul_f32', count, below, { every: Math.fround(alphaOf(node)) }, below, UNBOUNDED);
    lowerRealBinary(node, lowering, 'mul_f32', count, x, { every: 1 }, above, POSITIVES);
    lowerRealBinary(node, lowering, 'add_f32', count, above, below, y, UNBOUNDED);
  },
});
