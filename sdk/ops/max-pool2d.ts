import { inferPool, lowerPool, poolReference } from './pool2d.ts';
import type { Operator } from './types.ts';

/**
 * Maximum over the taps inside the input, int8 NHWC, output quantized as the input.
 * Attributes: kernel [h, w], strides [h, w], pads [top, left, bottom, right], activation.
 */
export const maxPool2d: Operator = {
  name: 'max-pool2d',
  infer: inferPool,

  reference(node, inputs, outputs) {
    poolReference(node, inputs, outputs, { initial: -128, fold: Math.max, finish: (code) => code });
  },

  lower(node, lowering) {
    lowerPool(node, lowering, 'maxpool2d_qs8');
  },
};
