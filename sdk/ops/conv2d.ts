import { formatShape } from '../core/shape.ts';
import type { Node, TensorType } from '../ir/graph.ts';
import { convolutionOperator } from './convolution-operator.ts';
import type { Convolution } from './convolution.ts';
import { rejectOperand } from './operands.ts';
import { lowerConvolution } from './product.ts';
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

/** 2-D convolution, NHWC input, OHWI weights, optional bias [O]. Fewer weight channels than input channels mean groups. */
export const conv2d = convolutionOperator({
  name: 'conv2d',
  channelAxis: 0,
  geometry: convolutionOf,
  channelOf: (element, { weightStrides }) => Math.floor(element / weightStrides.channel),
  lower: lowerConvolution,
});
