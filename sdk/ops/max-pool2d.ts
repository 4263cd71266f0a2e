import { realRange } from './activation.ts';
import { isFloat } from './float-operands.ts';
import { inferPool, lowerPool, lowerPoolF32, poolReference } from './pool2d.ts';
import type { Operator } from './types.ts';

/**
 * Maximum over the taps inside the input, float32 or int8 NHWC, an int8 output quantized as the input.
 * Attributes: kernel [h, w], strides [h, w], pads [top, left, bottom, right], activation.
 */
export const maxPool2d: Operator = {
  name: 'max-pool2d',
  infer: inferPool,

  reference(node, inputs, outputs) {
    const fold = (greatest: number, element: number): number => (greatest < element ? element : greatest);
    poolReference(node, inputs, outputs, { initial: isFloat(inputs[0]) ? realRange(node).min : -128, fold, finish: (greatest) => greatest });
  },

  lower(node, lowering) {
    if (isFloat(lowering.tensor(node.inputs[0] ?? -1))) lowerPoolF32(node, lowering, 'maxpool2d_f32');
    else lowerPool(node, lowering, 'maxpool2d_qs8');
  },
};
