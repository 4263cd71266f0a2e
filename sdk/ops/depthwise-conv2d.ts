import { formatShape } from '../core/shape.ts';
import type { Node, Tensor, TensorType } from '../ir/graph.ts';
import { convolutionOperator } from './convolution-operator.ts';
import { convolutionMacs } from './convolution.ts';
import type { Convolution } from './convolution.ts';
import { isFloat } from './float-operands.ts';
import { sourceField } from './kernel-fields.ts';
import type { Fields } from './kernel-fields.ts';
import { rejectOperand, tensorScale } from './operands.ts';
import { lowerConvolution, windowFields } from './product.ts';
import { dwconvScratch } from './scratch.ts';
import type { Lowering } from './types.ts';
import { weightedFieldsF32 } from './weighted-f32.ts';
import { weightedFields } from './weighted.ts';
import type { WeightedOperands } from './weighted.ts';
import { geometryFields } from './window-fields.ts';
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

function lowerDepthwiseF32(node: Node, lowering: Lowering, operands: WeightedOperands<Tensor>, convolution: Convolution): void {
  const { batch, outputChannels: channels, window } = convolution;
  const [input = -1] = node.inputs;
  const [output = -1] = node.outputs;
  const fields: Fields<'Dwconv2dF32Params'> = {
    INPUT: sourceField(lowering, input),
    OUTPUT: { buffer: lowering.buffer(output) },
    CHANNELS: channels,
    ...weightedFieldsF32(node, lowering, operands, { kind: 'dwconv', channels, terms: window.height.kernel * window.width.kernel }),
    ...geometryFields(window),
  };
  const units = batch * window.height.output;
  lowering.step({ kernel: 'dwconv2d_f32_f32w', params: 'Dwconv2dF32Params', fields, units, macs: convolutionMacs(convolution) });
}

/** Depthwise 2-D convolution, NHWC input, 1HWC weights with C = input channels * multiplier, optional bias [C]. */
export const depthwiseConv2d = convolutionOperator({
  name: 'depthwise-conv2d',
  channelAxis: 3,
  geometry: convolutionOf,
  channelOf: (element, { outputChannels }) => element % outputChannels,
  lower: (node, lowering, operands, convolution) => {
    const separate = convolution.groupOutputs === 1 && convolution.inputChannels > 1;
    const lowerSeparate = isFloat(operands.input) ? lowerDepthwiseF32 : lowerDepthwise;
    const lower = separate ? lowerSeparate : lowerConvolution;
    lower(node, lowering, operands, convolution);
  },
});
