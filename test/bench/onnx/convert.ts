import * as schema from '../../../sdk/formats/tflite/schema.ts';
import { activationOf } from '../../../sdk/formats/tflite/attributes.ts';
import { elementCount, formatShape } from '../../../sdk/core/shape.ts';
import type { Tensor } from '../../../sdk/ir/graph.ts';
import type { Numbers } from './numbers.ts';
import { graphWriter, type GraphWriter } from './graph-writer.ts';
import { convolutionOf } from './layers.ts';
import { channelsFirst, depthwiseFirst } from './constants.ts';
import type { Net, NetOperator } from './read-net.ts';

/** Converting one net. Values of rank 4 are kept NCHW, all others in the order of the file. */
interface Conversion {
  readonly net: Net;
  readonly graph: GraphWriter;
  readonly numbers: Numbers;
  /** ONNX value of each tensor computed so far. */
  readonly values: Map<number, string>;
}

type Convert = (conversion: Conversion, operator: NetOperator) => string;

function tensorOf({ net }: Conversion, id: number | undefined): Tensor {
  const tensor = id === undefined ? undefined : net.tensors[id];
  if (tensor) return tensor;
  throw new Error('an operand is missing');
}

function valueOf({ values }: Conversion, { name, inputs }: NetOperator, position = 0): string {
  const value = values.get(inputs[position]!);
  if (value !== undefined) return value;
  throw new Error(`${name}: input ${position} is a constant`);
}

function shapeConstant({ graph }: Conversion, shape: readonly number[]): string {
  return graph.constant('int64', [shape.length], BigInt64Array.from(shape, BigInt));
}

/** `value` of `shape` in the order of the file. */
function inFileOrder({ graph }: Conversion, value: string, shape: readonly number[]): string {
  return shape.length === 4 ? graph.node('Transpose', [value], { attributes: { perm: [0, 2, 3, 1] } }) : value;
}

function fromFileOrder({ graph }: Conversion, value: string, shape: readonly number[]): string {
  return shape.length === 4 ? graph.node('Transpose', [value], { attributes: { perm: [0, 3, 1, 2] } }) : value;
}

function reshaped(conversion: Conversion, value: string, from: readonly number[], to: readonly number[]): string {
  const spatial = from.length === 4 && from[1]! * from[2]! > 1;
  const flat = conversion.graph.node('Reshape', [spatial ? inFileOrder(conversion, value, from) : value, shapeConstant(conversion, to)]);
  return fromFileOrder(conversion, flat, to);
}

const convolution: Convert = (conversion, operator) => {
  const layer = convolutionOf(conversion.net, operator)!;
  const { input, weights, output, depthwise, strides, dilations, pads } = layer;
  const [outer, height, width, inner] = weights.shape as [number, number, number, number];
  const channels = depthwise ? inner : outer;
  const shape = [channels, depthwise ? 1 : inner, height, width];
  return conversion.numbers.product('Conv', {
    value: valueOf(conversion, operator),
    input,
    weights: { tensor: weights, shape, arrange: (codes) => (depthwise ? depthwiseFirst(codes, weights.shape) : channelsFirst(codes, weights.shape)) },
    bias: conversion.net.tensors[operator.inputs[2] ?? -1],
    output,
    activation: layer.activation,
    attributes: { kernel_shape: [height, width], strides, dilations, pads, group: depthwise ? input.shape[3]! : 1 },
  });
};

const fullyConnected: Convert = (conversion, operator) => {
  const [input, weights] = [tensorOf(conversion, operator.inputs[0]), tensorOf(conversion, operator.inputs[1])];
  const output = tensorOf(conversion, operator.outputs[0]);
  const [columns, depth] = weights.shape as [number, number];
  const rows = elementCount(input.shape) / depth;
  const value = valueOf(conversion, operator);
  const flat = input.shape.length === 2 ? value : reshaped(conversion, value, input.shape, [rows, depth]);
  const result = conversion.numbers.product('Gemm', {
    value: flat,
    input,
    weights: { tensor: weights, shape: weights.shape, arrange: (codes) => codes },
    bias: conversion.net.tensors[operator.inputs[2] ?? -1],
    output,
    activation: activationOf(operator.table.table('builtin_options', schema.FullyConnectedOptions, operator.name)),
    attributes: { transB: 1 },
  });
  return output.shape.length === 2 ? result : reshaped(conversion, result, [rows, columns], output.shape);
};

const add: Convert = (conversion, operator) => {
  const operands = [0, 1].map((position) => ({
    value: valueOf(conversion, operator, position), tensor: tensorOf(conversion, operator.inputs[position]),
  }));
  const activation = activationOf(operator.table.table('builtin_options', schema.AddOptions, operator.name));
  return conversion.numbers.add(operands, tensorOf(conversion, operator.outputs[0]), activation);
};

function globalAverage(conversion: Conversion, operator: NetOperator): string {
  const [input, output] = [tensorOf(conversion, operator.inputs[0]), tensorOf(conversion, operator.outputs[0])];
  const channels = input.shape[3];
  if (input.shape.length !== 4 || elementCount(output.shape) !== input.shape[0]! * channels!) {
    throw new Error(`${operator.name} from ${formatShape(input.shape)} to ${formatShape(output.shape)} is no global average`);
  }
  const average = conversion.numbers.globalAverage(valueOf(conversion, operator), input, output);
  return output.shape.length === 4 ? average : reshaped(conversion, average, [input.shape[0]!, 1, 1, channels!], output.shape);
}

const softmax: Convert = (conversion, operator) => conversion.numbers.softmax(
  valueOf(conversion, operator), tensorOf(conversion, operator.inputs[0]), tensorOf(conversion, operator.outputs[0]),
);

const reshape: Convert = (conversion, operator) => reshaped(
  conversion, valueOf(conversion, operator), tensorOf(conversion, operator.inputs[0]).shape, tensorOf(conversion, operator.outputs[0]).shape,
);

const quantize: Convert = (conversion, operator) => conversion.numbers.requantize(
  valueOf(conversion, operator), tensorOf(conversion, operator.inputs[0]), tensorOf(conversion, operator.outputs[0]),
);

const CONVERSIONS: Readonly<Record<string, Convert>> = {
  CONV_2D: convolution,
  DEPTHWISE_CONV_2D: convolution,
  FULLY_CONNECTED: fullyConnected,
  ADD: add,
  AVERAGE_POOL_2D: globalAverage,
  MEAN: globalAverage,
  RESHAPE: reshape,
  SOFTMAX: softmax,
  QUANTIZE: quantize,
};

/**
 * The net as an ONNX file, weights, scales and zero points unchanged. Inputs and outputs keep their layout and order.
 * @throws Error naming the first operator that is not written.
 */
export function convertToOnnx(net: Net, makeNumbers: (graph: GraphWriter) => Numbers): Uint8Array {
  const unknown = net.operators.find(({ name }) => !(name in CONVERSIONS));
  if (unknown) throw new Error(`${unknown.name} is not converted to ONNX; converted: ${Object.keys(CONVERSIONS).join(', ')}`);
  const graph = graphWriter();
  const conversion: Conversion = { net, graph, numbers: makeNumbers(graph), values: new Map() };
  for (const [index, id] of net.inputs.entries()) {
    const tensor = tensorOf(conversion, id);
    const input = graph.input(`input_${index}`, conversion.numbers.typeOf(tensor), tensor.shape);
    conversion.values.set(id, fromFileOrder(conversion, input, tensor.shape));
  }
  for (const operator of net.operators) conversion.values.set(operator.outputs[0]!, CONVERSIONS[operator.name]!(conversion, operator));
  for (const [index, id] of net.outputs.entries()) {
    const tensor = tensorOf(conversion, id);
    const output = `output_${index}`;
    graph.node('Identity', [inFileOrder(conversion, conversion.values.get(id)!, tensor.shape)], { output });
    graph.output(output, conversion.numbers.typeOf(tensor), tensor.shape);
  }
  return graph.bytes();
}
