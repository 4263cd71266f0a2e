import type { Tensor } from '../../../sdk/ir/graph.ts';
import { int32s, weightCodes } from './constants.ts';
import type { GraphWriter } from './graph-writer.ts';
import type { Numbers, Product } from './numbers.ts';
import type { DataType } from './protobuf.ts';

const MICROSOFT = 'com.microsoft';
const RELATIVE_TOLERANCE = 1e-3;

interface Scale {
  readonly scale: number;
  /** Of the uint8 codes. */
  readonly zeroPoint: number;
}

function scaleOf({ name, dtype, quantization }: Tensor): Scale {
  const scale = quantization?.scales[0];
  if (scale === undefined) throw new Error(`"${name}" has no scale`);
  return { scale, zeroPoint: quantization!.zeroPoints[0]! + (dtype === 'int8' ? 128 : 0) };
}

/** Quantized ONNX operators have no activation: the range of the output codes must be it. */
function checkActivation(output: Tensor, activation: string): void {
  const { scale, zeroPoint } = scaleOf(output);
  const positive = zeroPoint === 0;
  if (activation === 'none' || (activation === 'relu' && positive)) return;
  if (activation === 'relu6' && positive && 255 * scale <= 6 * (1 + RELATIVE_TOLERANCE)) return;
  throw new Error(`"${output.name}": ${activation} is not the range of its codes`);
}

/** uint8 activations and int8 weights, the combination ONNX Runtime recommends. */
export function quantizedNumbers(graph: GraphWriter): Numbers {
  const quantization = (tensor: Tensor): [scale: string, zeroPoint: string] => {
    const { scale, zeroPoint } = scaleOf(tensor);
    return [graph.constant('float32', [], Float32Array.of(scale)), graph.constant('uint8', [], Uint8Array.of(zeroPoint))];
  };
  const typeOf = ({ dtype }: Tensor): DataType => (dtype === 'float32' ? 'float32' : 'uint8');
  const dequantize = (value: string, tensor: Tensor): string =>
    (typeOf(tensor) === 'float32' ? value : graph.node('DequantizeLinear', [value, ...quantization(tensor)]));
  const quantize = (value: string, tensor: Tensor): string =>
    (typeOf(tensor) === 'float32' ? value : graph.node('QuantizeLinear', [value, ...quantization(tensor)]));

  function product(op: 'Conv' | 'Gemm', { value, input, weights, bias, output, activation, attributes }: Product): string {
    checkActivation(output, activation);
    const { codes, scales, zeroPoints } = weightCodes(weights.tensor);
    const channels = scales.length === 1 ? [] : [scales.length];
    const columns = weights.shape[0]!;
    const operands = [
      value, ...quantization(input),
      graph.constant('int8', weights.shape, weights.arrange(codes)),
      graph.constant('float32', channels, Float32Array.from(scales)),
      graph.constant('int8', channels, Int8Array.from(zeroPoints)),
    ];
    const biases = graph.constant('int32', [columns], bias ? int32s(bias) : new Int32Array(columns));
    const result = quantization(output);
    if (op === 'Conv') return graph.node('QLinearConv', [...operands, ...result, biases], { attributes });
    return graph.node('QGemm', [...operands, biases, ...result], { attributes, domain: MICROSOFT });
  }

  return {
    typeOf,
    product,
    add: (addends, output, activation) => {
      checkActivation(output, activation);
      const operands = addends.flatMap(({ value, tensor }) => [value, ...quantization(tensor)]);
      return graph.node('QLinearAdd', [...operands, ...quantization(output)], { domain: MICROSOFT });
    },
    globalAverage: (value, input, output) => graph.node(
      'QLinearGlobalAveragePool', [value, ...quantization(input), ...quantization(output)], { attributes: { channels_last: 0 }, domain: MICROSOFT },
    ),
    softmax: (value, input, output) => quantize(graph.node('Softmax', [dequantize(value, input)], { attributes: { axis: -1 } }), output),
    requantize: (value, input, output) => {
      if (typeOf(input) === 'uint8' && typeOf(output) === 'uint8') {
        const [from, to] = [scaleOf(input), scaleOf(output)];
        if (from.scale === to.scale && from.zeroPoint === to.zeroPoint) return value;
      }
      return quantize(dequantize(value, input), output);
    },
  };
}
