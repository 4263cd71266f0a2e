import { formatShape } from '../core/shape.ts';
import type { Node, Tensor, TensorType } from '../ir/graph.ts';
import { checkAttributeNames } from './attributes.ts';
import { convolutionMacs, convolutionReference } from './convolution.ts';
import type { Convolution } from './convolution.ts';
import { sourceField } from './kernel-fields.ts';
import type { Fields } from './kernel-fields.ts';
import { rejectOperand, tensorScale } from './operands.ts';
import { lowerConvolution, windowFields } from './product.ts';
import { dwconvScratch } from './scratch.ts';
import type { Lowering, Operator } from './types.ts';
import { checkWeighted, loweredOperands, weightedFields, weightedOperands } from './weighted.ts';
import type { WeightedOperands } from './weighted.ts';
import { windowOf } from './window.ts';

function convolutionOf(node: Node, { input, weights }: WeightedOperands<TensorType>): Convolution {
  const [one = 0, kernelHeight = 0, kernelWidth = 0, outputChannels = 0] = weights.shape;
  const [batch = 0, , , inputChannels = 0] = input.shape;
  const multiplier = outputChannels / inputChannels;
  if (one !== 1 || !Number.isInteger(multiplier)) {
    rejectOperand(node, 'weights', weights, `${formatShape(weights.shape)} must be 1HWC with C a multiple of ${inputChannels} input channels`);
  }
  return {
    batch,
    inputChannels,
    outputChannels,
    groupInputs: 1,
    groupOutputs: multiplier,
    window: windowOf(node, input.shape, [kernelHeight, kernelWidth], true),
    weightStrides: { channel: 1, tap: outputChannels },
  };
}

function lowerDepthwise(node: Node, lowering: Lowering, operands: WeightedOperands<Tensor>, convolution: Convolution): void {
  const { batch, outputChannels: channels, window } = convolution;
  const { height, width } = window;
  const taps = height.kernel * width.kernel;
  const [input = -1] = node.inputs;
  const [output = -1] = node.outputs;
  const fields: Fields<'Dwconv2dParams'> = {
    INPUT: sourceField(lowering, input),
    OUTPUT: { buffer: lowering.buffer(output) },
    CHANNELS: channels,
    ...weightedFields(node, lowering, operands, { kind: 'dwconv', channels, terms: taps }),
    ...windowFields(window, tensorScale(operands.input).zeroPoint),
  };
  lowering.step({
    kernel: 'dwconv2d_qs8_qc8w',
    params: 'Dwconv2dParams',
    fields,
    units: batch * height.output,
    scratch: dwconvScratch(window, channels),
    macs: convolutionMacs(convolution),
  });
}

/**
 * Depthwise 2-D convolution, int8 NHWC input, 1HWC weights with C = input channels * multiplier, optional int32 bias [C].
 * Attributes: strides [h, w], dilations [h, w], pads [top, left, bottom, right], activation.
 */
export const depthwiseConv2d: Operator = {
  name: 'depthwise-conv2d',

  infer(node, inputs, outputs) {
    checkAttributeNames(node, ['strides', 'dilations', 'pads', 'activation']);
    const operands = checkWeighted(node, inputs, outputs, { activation: 4, weights: 4, channelAxis: 3 });
    const { batch, outputChannels, window } = convolutionOf(node, operands);
    return [{ ...operands.output, shape: [batch, window.height.output, window.width.output, outputChannels] }];
  },

  reference(node, inputs, outputs, mode) {
    const operands = weightedOperands(node, inputs, outputs);
    convolutionReference(node, convolutionOf(node, operands), operands, mode);
  },

  lower(node, lowering) {
    const operands = loweredOperands(node, lowering);
    const convolution = convolutionOf(node, operands);
    if (convolution.groupOutputs === 1 && convolution.inputChannels > 1) lowerDepthwise(node, lowering, operands, convolution);
    else lowerConvolution(node, lowering, operands, convolution);
  },
};
