import { activationOf, extents, padsOf, spatial } from '../../../sdk/formats/tflite/attributes.ts';
import * as schema from '../../../sdk/formats/tflite/schema.ts';
import { elementCount } from '../../../sdk/core/shape.ts';
import type { Tensor } from '../../../sdk/ir/graph.ts';
import type { Net, NetOperator } from './read-net.ts';

/** A convolution; pads are [top, left, bottom, right]. */
export interface ConvolutionLayer {
  readonly depthwise: boolean;
  readonly input: Tensor;
  readonly weights: Tensor;
  readonly output: Tensor;
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  readonly pads: readonly number[];
  readonly activation: string;
}

const OPTIONS = { CONV_2D: schema.Conv2DOptions, DEPTHWISE_CONV_2D: schema.DepthwiseConv2DOptions } as const;

/** The convolution of an operator, or undefined where it is none. */
export function convolutionOf({ tensors }: Net, { name, inputs, outputs, table }: NetOperator): ConvolutionLayer | undefined {
  if (name !== 'CONV_2D' && name !== 'DEPTHWISE_CONV_2D') return undefined;
  const options = table.table('builtin_options', OPTIONS[name], name);
  const [input, weights, output] = [tensors[inputs[0]!]!, tensors[inputs[1]!]!, tensors[outputs[0]!]!];
  const strides = extents(options, 'stride_h', 'stride_w', 0);
  const dilations = extents(options, 'dilation_h_factor', 'dilation_w_factor', 1);
  const window = { input: spatial(input, 'input', name), kernel: spatial(weights, 'weights', name), strides, dilations };
  const [pads, activation] = [padsOf(options, window), activationOf(options)];
  return { depthwise: name !== 'CONV_2D', input, weights, output, strides, dilations, pads, activation };
}

/** Taps inside the input along one axis, over all outputs. */
function validTaps(layer: ConvolutionLayer, axis: 0 | 1): number {
  const [input, kernel, outputs] = [layer.input, layer.weights, layer.output].map(({ shape }) => shape[1 + axis]!) as [number, number, number];
  let taps = 0;
  for (let output = 0; output < outputs; output++) {
    for (let tap = 0; tap < kernel; tap++) {
      const at = output * layer.strides[axis] + tap * layer.dilations[axis] - layer.pads[axis]!;
      if (at >= 0 && at < input) taps++;
    }
  }
  return taps;
}

function layerMacs(net: Net, operator: NetOperator): number {
  const layer = convolutionOf(net, operator);
  if (layer) {
    const channels = layer.output.shape[3]! * (layer.depthwise ? 1 : layer.weights.shape[3]!);
    return layer.output.shape[0]! * channels * validTaps(layer, 0) * validTaps(layer, 1);
  }
  if (operator.name !== 'FULLY_CONNECTED') return 0;
  return elementCount(net.tensors[operator.outputs[0]!]!.shape) * net.tensors[operator.inputs[1]!]!.shape[1]!;
}

/** Multiply-accumulates of the convolutions and fully connected layers, taps on padding excluded. */
export function netMacs(net: Net): number {
  return net.operators.reduce((sum, operator) => sum + layerMacs(net, operator), 0);
}
