import { formatShape } from '../core/shape.ts';
import type { Node, TensorType } from '../ir/graph.ts';
import { checkAttributeNames } from './attributes.ts';
import { convolutionReference } from './convolution.ts';
import type { Convolution } from './convolution.ts';
import { rejectOperand } from './operands.ts';
import { lowerConvolution } from './product.ts';
import type { Operator } from './types.ts';
import { checkWeighted, loweredOperands, weightedOperands } from './weighted.ts';
import type { WeightedOperands } from './weighted.ts';
import { windowOf } from './window.ts';

function convolutionOf(node: Node, { input, weights }: WeightedOperands<TensorType>): Convolution {
  const [outputChannels = 0, kernelHeight = 0, kernelWidth = 0, groupInputs = 0] = weights.shape;
  const [batch = 0, , , inputChannels = 0] = input.shape;
  const groups = inputChannels / groupInputs;
  if (!Number.isInteger(groups) || outputChannels % groups !== 0) {
    rejectOperand(node, 'weights', weights, `${formatShape(weights.shape)} (OHWI) do not divide ${inputChannels} input channels into equal groups`);
  }
  return {
    batch,
    inputChannels,
    outputChannels,
    groupInputs,
    groupOutputs: outputChannels / groups,
    window: windowOf(node, input.shape, [kernelHeight, kernelWidth], true),
    weightStrides: { channel: kernelHeight * kernelWidth * groupInputs, tap: groupInputs },
  };
}

/**
 * 2-D convolution, int8 NHWC input, OHWI weights, optional int32 bias [O]; fewer weight channels than input channels mean groups.
 * Attributes: strides [h, w], dilations [h, w], pads [top, left, bottom, right], activation.
 */
export const conv2d: Operator = {
  name: 'conv2d',

  infer(node, inputs, outputs) {
    checkAttributeNames(node, ['strides', 'dilations', 'pads', 'activation']);
    const operands = checkWeighted(node, inputs, outputs, { activation: 4, weights: 4, channelAxis: 0 });
    const { batch, outputChannels, window } = convolutionOf(node, operands);
    return [{ ...operands.output, shape: [batch, window.height.output, window.width.output, outputChannels] }];
  },

  reference(node, inputs, outputs, mode) {
    const operands = weightedOperands(node, inputs, outputs);
    convolutionReference(node, convolutionOf(node, operands), operands, mode);
  },

  lower(node, lowering) {
    const operands = loweredOperands(node, lowering);
    lowerConvolution(node, lowering, operands, convolutionOf(node, operands));
  },
};
