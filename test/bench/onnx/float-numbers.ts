import { int32s, weightCodes } from './constants.ts';
import type { GraphWriter } from './graph-writer.ts';
import type { Numbers } from './numbers.ts';

const CLAMPS: Readonly<Record<string, readonly [number, number] | undefined>> = {
  relu: [0, Infinity], relu6: [0, 6], 'relu-n1-to-1': [-1, 1],
};

/** The real numbers the codes stand for, in float32 throughout. */
export function floatNumbers(graph: GraphWriter): Numbers {
  function activated(value: string, activation: string): string {
    const clamp = CLAMPS[activation];
    if (!clamp) return value;
    const bounds = clamp.filter(Number.isFinite).map((bound) => graph.constant('float32', [], Float32Array.of(bound)));
    return graph.node('Clip', [value, ...bounds]);
  }

  return {
    typeOf: () => 'float32',
    product: (op, { value, input, weights, bias, activation, attributes }) => {
      const { codes, scales, zeroPoints } = weightCodes(weights.tensor);
      const columns = weights.shape[0]!;
      const perColumn = codes.length / columns;
      const ofColumn = (values: readonly number[], column: number): number => values[values.length === 1 ? 0 : column]!;
      const reals = Float32Array.from(weights.arrange(codes), (code, at) => {
        const column = Math.floor(at / perColumn);
        return (code - ofColumn(zeroPoints, column)) * ofColumn(scales, column);
      });
      const inputScale = input.quantization?.scales[0] ?? 1;
      const sums = bias ? int32s(bias) : new Int32Array(columns);
      const biases = Float32Array.from(sums, (sum, column) => sum * inputScale * ofColumn(scales, column));
      const operands = [value, graph.constant('float32', weights.shape, reals), graph.constant('float32', [columns], biases)];
      return activated(graph.node(op, operands, { attributes }), activation);
    },
    add: (addends, _output, activation) => activated(graph.node('Add', addends.map(({ value }) => value)), activation),
    globalAverage: (value) => graph.node('GlobalAveragePool', [value]),
    softmax: (value) => graph.node('Softmax', [value], { attributes: { axis: -1 } }),
    requantize: (value) => value,
  };
}
