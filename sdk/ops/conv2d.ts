import { formatShape } from '../core/shape.ts';
import type { Node, TensorType } from '../ir/graph.ts';
import { checkAttributeNames } from './attributes.ts';
import { convolutionReference, convolve } from './convolution.ts';
import type { Convolution } from './convolution.ts';
import { isFloat } from './float-operands.ts';
import { rejectOperand } from './operands.ts';
import { lowerConvolutionF32 } from './product-f32.ts';
import { lowerConvolution } from './product.ts';
import type { Operator } from './types.ts';
import { checkWeightedF32, realWeights, summationF32 } from './weighted-f32.ts';
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
 * 2-D convolution, NHWC input, OHWI weights, optional bias [O]: int8 with int32 bias, or float32 with float32 or int8 weights.
 * Fewer weight channels than input channels mean groups.
 * Attributes: strides [h, w], dilations [h, w], pads [top, left, bottom, right], activation.
 */
export const conv2d: Operator = {
  name: 'conv2d',

  infer(node, inputs, outputs) {
    checkAttributeNames(node, ['strides', 'dilations', 'pads', 'activation']);
    const check = isFloat(inputs[0]) ? checkWeightedF32 : checkWeighted;
    const operands = check(node, inputs, outputs, { activation: 4, weights: 4, channelAxis: 0 });
    const { batch, outputChannels, window } = convolutionOf(node, operands);
    return [{ ...operands.output, shape: [batch, window.height.output, window.width.output, outputChannels] }];
  },

  reference(node, inputs, outputs, mode) {
    const operands = weightedOperands(node, inputs, outputs);
    const convolution = convolutionOf(node, operands);
    if (!isFloat(operands.input)) {
      convolutionReference(node, convolution, operands, mode);
      return;
    }
    const w = realWeights(operands.weights, convolution.outputChannels, (index) => Math.floor(index / convolution.weightStrides.channel));
    convolve(convolution, operands.input.data as Float32Array, w, operands.output.data as Float32Array, summationF32(node, operands.bias));
  },

  lower(node, lowering) {
    const operands = loweredOperands(node, lowering);
    const lower = isFloat(operands.input) ? lowerConvolutionF32 : lowerConvolution;
    lower(node, lowering, operands, convolutionOf(node, operands));
  },
};
