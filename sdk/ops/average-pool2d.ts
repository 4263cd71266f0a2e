import { isFloat } from './float-operands.ts';
import { bytesOf } from './kernel-fields.ts';
import { inferPool, liftOf, lowerPool, lowerPoolF32, poolReference } from './pool2d.ts';
import { roundToEven } from './requantize.ts';
import type { Operator } from './types.ts';

/** Nudges the quotient from ties, so that rounding to even becomes TFLite's rounding away from zero: exact for windows below 3000 taps. */
const AWAY_FROM_ZERO = 1 + 1 / 2097152;

function reciprocalOf(taps: number): number {
  return Math.fround(AWAY_FROM_ZERO / taps);
}

/**
 * Average over the taps inside the input, float32 or int8 NHWC, an int8 output quantized as the input.
 * Attributes: kernel [h, w], strides [h, w], pads [top, left, bottom, right], activation, and unsigned where int8 codes were uint8 codes.
 */
export const averagePool2d: Operator = {
  name: 'average-pool2d',
  infer: inferPool,

  reference(node, inputs, outputs, mode) {
    if (isFloat(inputs[0])) {
      const fold = (sum: number, element: number): number => Math.fround(sum + element);
      poolReference(node, inputs, outputs, { initial: 0, fold, finish: (sum, taps) => Math.fround(sum / taps) });
      return;
    }
    const lift = liftOf(node);
    poolReference(node, inputs, outputs, {
      initial: 0,
      fold: (sum, code) => sum + code + lift,
      finish: mode === 'float'
        ? (sum, taps) => roundToEven(Math.fround(sum * reciprocalOf(taps))) - lift
        : (sum, taps) => Math.trunc((sum + (sum > 0 ? 1 : -1) * Math.trunc(taps / 2)) / taps) - lift,
    });
  },

  lower(node, lowering) {
    if (isFloat(lowering.tensor(node.inputs[0] ?? -1))) {
      lowerPoolF32(node, lowering, 'avgpool2d_f32');
      return;
    }
    const reciprocals = (taps: number): Float32Array => Float32Array.from(
      { length: taps + 1 }, (_, count) => (count === 0 ? 0 : reciprocalOf(count)),
    );
    lowerPool(node, lowering, 'avgpool2d_qs8', (taps) => bytesOf(reciprocals(taps)));
  },
};
