import type { Graph, Node, Tensor } from '../ir/graph.ts';
import { tensorScale } from '../ops/operands.ts';
import { countReaders } from './count-readers.ts';
import type { Pass } from './types.ts';

/** Operators that clamp what they compute: float32 sums of these are never -0, which clamps of others treat differently. */
const SUMS = ['conv2d', 'depthwise-conv2d', 'fully-connected'];
const ON_CODES = [...SUMS, 'add', 'sub', 'mul', 'average-pool2d', 'max-pool2d'];

/** Whether `producer`, whose output is `from`, may compute `to`, the same elements clamped. */
function takes(producer: Node, from: Tensor, to: Tensor): boolean {
  if (producer.attributes['activation'] !== 'none' || from.dtype !== to.dtype) return false;
  if (from.dtype === 'float32') return SUMS.includes(producer.op);
  const [a, b] = [tensorScale(from), tensorScale(to)];
  return from.dtype === 'int8' && ON_CODES.includes(producer.op) && a.scale === b.scale && a.zeroPoint === b.zeroPoint;
}

/** Takes an activation that stands alone into the operator before it, where nothing else reads what that operator computes. */
export const fuseActivation: Pass = {
  name: 'fuse-activation',

  run(graph: Graph): Graph {
    if (!graph.nodes.some(({ op }) => op === 'clamp')) return graph;
    const readers = countReaders(graph);
    /** Position of the node that writes a tensor. */
    const writers = new Map<number, number>();
    const nodes: Node[] = [];
    for (const node of graph.nodes) {
      const [input = -1] = node.inputs;
      const [output = -1] = node.outputs;
      const at = node.op === 'clamp' && readers[input] === 1 ? writers.get(input) : undefined;
      const producer = at === undefined ? undefined : nodes[at];
      if (at !== undefined && producer !== undefined && takes(producer, graph.tensors[input]!, graph.tensors[output]!)) {
        nodes[at] = { ...producer, outputs: node.outputs, attributes: { ...producer.attributes, activation: node.attributes['activation']! } };
        writers.set(output, at);
        continue;
      }
      for (const id of node.outputs) writers.set(id, nodes.length);
      nodes.push(node);
    }
    return nodes.length === graph.nodes.length ? graph : { ...graph, nodes };
  },
};
