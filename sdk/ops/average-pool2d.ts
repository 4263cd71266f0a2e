import { bytesOf } from './kernel-fields.ts';
import { inferPool, lowerPool, poolReference } from './pool2d.ts';
import { roundToEven } from './requantize.ts';
import type { Operator } from './types.ts';

/** Nudges the quotient from ties, so that rounding to even becomes TFLite's rounding away from zero: exact for windows below 8192 taps. */
const AWAY_FROM_ZERO = 1 + 1 / 2097152;

function reciprocalOf(taps: number): number {
  return Math.fround(AWAY_FROM_ZERO / taps);
}

/**
 * Average over the taps inside the input, int8 NHWC, output quantized as the input.
 * Attributes: kernel [h, w], strides [h, w], pads [top, left, bottom, right], activation.
 */
export const averagePool2d: Operator = {
  name: 'average-pool2d',
  infer: inferPool,

  reference(node, inputs, outputs, mode) {
    poolReference(node, inputs, outputs, {
      initial: 0,
      fold: (sum, code) => sum + code,
      finish: mode === 'float'
        ? (sum, taps) => roundToEven(Math.fround(sum * reciprocalOf(taps)))
        : (sum, taps) => Math.trunc((sum + (sum > 0 ? 1 : -1) * Math.trunc(taps / 2)) / taps),
    });
  },

  lower(node, lowering) {
    const reciprocals = (taps: number): Float32Array => Float32Array.from(
      { length: taps + 1 }, (_, count) => (count === 0 ? 0 : reciprocalOf(count)),
    );
    lowerPool(node, lowering, 'avgpool2d_qs8', (taps) => bytesOf(reciprocals(taps)));
  },
};
