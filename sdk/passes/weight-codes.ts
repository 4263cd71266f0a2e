import type { Graph, Node, Tensor } from '../ir/graph.ts';
import type { Pass } from './types.ts';

/** Axis of the output channels in the weights, operand 1, of operators that dequantize int8 weights for a float32 input. */
const CHANNEL_AXES: Readonly<Record<string, number>> = { 'conv2d': 0, 'depthwise-conv2d': 3, 'transpose-conv2d': 0, 'fully-connected': 0 };
const WEIGHTS = 1;

/** Whether weights stand for scale * code, with one scale for all or one for each output channel. */
function areCodes({ dtype, data, quantization }: Tensor, channelAxis: number): boolean {
  if (dtype !== 'int8' || data === undefined || quantization === undefined) return false;
  const { scales, zeroPoints, axis } = quantization;
  return zeroPoints.every((zeroPoint) => zeroPoint === 0) && (scales.length === 1 || axis === channelAxis);
}

/** Gives operators the int8 weights that the file dequantizes for them: they do that themselves. Runs before the graph is verified. */
export const weightCodes: Pass = {
  name: 'weight-codes',

  run(graph: Graph): Graph {
    const sources = new Map<number, number>();
    for (const { op, inputs: [input = -1], outputs: [output = -1] } of graph.nodes) if (op === 'dequantize') sources.set(output, input);
    if (sources.size === 0) return graph;
    const nodes = graph.nodes.map((node): Node => {
      const axis = CHANNEL_AXES[node.op];
      const source = sources.get(node.inputs[WEIGHTS] ?? -1) ?? -1;
      const [input, codes] = [graph.tensors[node.inputs[0] ?? -1], graph.tensors[source]];
      if (axis === undefined || input?.dtype !== 'float32' || codes === undefined || !areCodes(codes, axis)) return node;
      return { ...node, inputs: node.inputs.with(WEIGHTS, source) };
    });
    return nodes.every((node, index) => node === graph.nodes[index]) ? graph : { ...graph, nodes };
  },
};
