import type { Graph, Node, Tensor } from '../ir/graph.ts';
import { resultsOf } from './results.ts';
import type { Pass } from './types.ts';

/** Operators that compute from codes, whatever these stand for. */
const ON_CODES = ['cast', 'map-codes'];
/** Operators that take uint8 codes as they are. */
const CONVERSIONS = ['quantize', 'dequantize', ...ON_CODES];
/** The constant operand, if any, that an operator takes as uint8 codes. */
const UNSIGNED_OPERAND: Readonly<Record<string, number>> = {
  'conv2d': 1, 'depthwise-conv2d': 1, 'transpose-conv2d': 1, 'fully-connected': 1, 'detection-post-process': 2,
};

const OFFSET = 128;

function isUnsigned(tensor: Tensor | undefined): boolean {
  return tensor?.dtype === 'uint8' && tensor.quantization?.scales.length === 1;
}

/** The same real values as int8 codes: each code and the zero point less 128. */
function toSigned(tensor: Tensor): Tensor {
  const zeroPoints = tensor.quantization?.zeroPoints.map((zeroPoint) => zeroPoint - OFFSET) ?? [];
  const quantization = { scales: tensor.quantization?.scales ?? [], zeroPoints };
  return { ...tensor, dtype: 'int8', quantization, ...(tensor.data && { data: tensor.data.map((code) => code ^ OFFSET) }) };
}

/** Quantized uint8 tensors that operators other than conversions read or write. */
function unsignedTensors({ nodes, tensors }: Graph): Set<number> {
  const found = new Set<number>();
  for (const node of nodes) {
    if (CONVERSIONS.includes(node.op)) continue;
    node.inputs.forEach((id, index) => {
      if (isUnsigned(tensors[id]) && !(UNSIGNED_OPERAND[node.op] === index && tensors[id]?.data !== undefined)) found.add(id);
    });
    for (const id of node.outputs) if (isUnsigned(tensors[id])) found.add(id);
  }
  return found;
}

/**
 * Turns activations of legacy uint8 models into int8 with the same real values, so that operators know one type of codes. Inputs, outputs and states of the
 * graph, and what operators on codes read and write, keep their type beside a conversion; weights keep their codes. Runs before the graph is verified.
 */
export const signedCodes: Pass = {
  name: 'signed-codes',

  run(graph: Graph): Graph {
    const found = unsignedTensors(graph);
    if (found.size === 0) return graph;
    const states = graph.states ?? [];
    const sources = [...graph.inputs, ...states.map(({ input }) => input)];
    const sinks = [...new Set(resultsOf(graph))];
    const raw = new Set(graph.nodes.flatMap(({ op, inputs, outputs }) => (ON_CODES.includes(op) ? [...inputs, ...outputs] : [])));
    const kept = new Set([...sources, ...sinks, ...raw]);
    const tensors = graph.tensors.map((tensor, id) => (found.has(id) && !kept.has(id) ? toSigned(tensor) : tensor));
    const replaced = new Map<number, number>();
    for (const id of found) if (kept.has(id)) replaced.set(id, tensors.push(toSigned(graph.tensors[id]!)) - 1);
    const rename = (ids: readonly number[]): number[] => ids.map((id) => replaced.get(id) ?? id);
    const convert = (name: string, from: number, to: number): Node => ({ op: 'quantize', name, inputs: [from], outputs: [to], attributes: {} });
    const attributesOf = ({ op, inputs, attributes }: Node): Node['attributes'] => (
      op === 'average-pool2d' && inputs.some((id) => found.has(id)) ? { ...attributes, unsigned: true } : attributes
    );
    const nodes = graph.nodes.flatMap((node): Node[] => {
      const isRaw = ON_CODES.includes(node.op);
      const conversions = node.outputs.flatMap((id) => {
        const signed = replaced.get(id);
        if (signed === undefined || !raw.has(id)) return [];
        return [isRaw ? convert(`${node.name} values`, id, signed) : convert(`${node.name} codes`, signed, id)];
      });
      return [isRaw ? node : { ...node, inputs: rename(node.inputs), outputs: rename(node.outputs), attributes: attributesOf(node) }, ...conversions];
    });
    const before = sources.flatMap((id, index) => {
      const signed = replaced.get(id);
      return signed === undefined ? [] : [convert(`input ${index}`, id, signed)];
    });
    const after = sinks.flatMap((id, index) => {
      const signed = replaced.get(id);
      return signed === undefined || sources.includes(id) || raw.has(id) ? [] : [convert(`output ${index}`, signed, id)];
    });
    return { ...graph, tensors, nodes: [...before, ...nodes, ...after] };
  },
};
