import { bitsOf, byteLength, viewOf } from '../core/dtype.ts';
import { elementCount } from '../core/shape.ts';
import type { Graph, Node, Tensor } from '../ir/graph.ts';
import { operatorOf } from '../ops/index.ts';
import type { TensorValue } from '../ops/types.ts';
import type { Pass } from './types.ts';
import { resultsOf } from './results.ts';

const CODES = 256;
/** Most bytes of a constant operand that is searched for other elements. */
const MAX_CONSTANT = 4096;
/** Most operators of one table, and most tensors at its edge while it grows. */
const MAX_NODES = 64;
const MAX_EDGE = 4;

function hasCodes(tensor: Tensor | undefined): boolean {
  return tensor?.dtype === 'int8' || tensor?.dtype === 'uint8';
}

/** Whether all elements of a constant are the same bits. */
function isUniform({ dtype, data }: Tensor): boolean {
  const bytes = bitsOf(dtype) / 8;
  return data !== undefined && bytes >= 1 && data.length <= MAX_CONSTANT && data.every((byte, at) => byte === data[at % bytes]);
}

/** Whether every output element of a node depends on nothing but the elements of its inputs at the same index. */
function isFunction(node: Node, { tensors }: Graph): boolean {
  if (operatorOf(node).isElementwise === undefined) return false;
  const count = elementCount(tensors[node.outputs[0]!]!.shape);
  return node.inputs.every((id) => {
    const input = tensors[id];
    return input !== undefined && (input.data === undefined ? elementCount(input.shape) === count : isUniform(input));
  });
}

/** Nodes by position that compute a function of tensor `argument`. */
interface Region {
  readonly argument: number;
  readonly nodes: readonly number[];
}

/** Finds the largest region of two or more nodes that ends with a node and starts with one tensor of codes, and whose other tensors nothing else reads. */
function regionFinder(graph: Graph): (last: number) => Region | undefined {
  const { tensors, nodes } = graph;
  const readers = tensors.map((): number[] => []);
  const writers = new Map<number, number>();
  nodes.forEach(({ inputs, outputs }, at) => {
    for (const id of inputs) readers[id]?.push(at);
    for (const id of outputs) writers.set(id, at);
  });
  const results = new Set(resultsOf(graph));

  return (last) => {
    if (!hasCodes(tensors[nodes[last]!.outputs[0]!]) || !isFunction(nodes[last]!, graph)) return undefined;
    const inside = new Set<number>();
    const edge = new Set<number>();
    const take = (at: number): void => {
      inside.add(at);
      for (const id of nodes[at]!.outputs) edge.delete(id);
      for (const id of nodes[at]!.inputs) if (tensors[id]!.data === undefined) edge.add(id);
    };
    const next = (): number | undefined => {
      for (const id of edge) {
        const at = writers.get(id);
        if (at !== undefined && !results.has(id) && readers[id]!.every((reader) => inside.has(reader)) && isFunction(nodes[at]!, graph)) return at;
      }
      return undefined;
    };
    let found: Region | undefined;
    for (let at: number | undefined = last; at !== undefined && edge.size <= MAX_EDGE && inside.size < MAX_NODES; at = next()) {
      take(at);
      const [argument = -1] = edge;
      if (edge.size === 1 && inside.size > 1 && hasCodes(tensors[argument])) found = { argument, nodes: [...inside].sort((a, b) => a - b) };
    }
    return found;
  };
}

/** Bits of the output of a region's last node for the 256 codes of its argument. */
function tableOf({ argument, nodes }: Region, graph: Graph): Uint8Array {
  const vector = (id: number, bytes: Uint8Array, shape: readonly number[]): TensorValue => {
    const { dtype, quantization } = graph.tensors[id]!;
    return { dtype, shape, ...(quantization && { quantization }), data: viewOf(dtype, bytes.buffer, bytes.byteOffset, elementCount(shape)) };
  };
  let last = vector(argument, Uint8Array.from({ length: CODES }, (_, bits) => bits), [CODES]);
  const values = new Map([[argument, last]]);
  const constant = (id: number): TensorValue => {
    const { dtype, data = new Uint8Array() } = graph.tensors[id]!;
    return vector(id, data.slice(0, byteLength(dtype, 1)), []);
  };
  for (const at of nodes) {
    const node = graph.nodes[at]!;
    const [output = -1] = node.outputs;
    last = vector(output, new Uint8Array(byteLength(graph.tensors[output]!.dtype, CODES)), [CODES]);
    operatorOf(node).reference(node, node.inputs.map((id) => values.get(id) ?? constant(id)), [last], 'float');
    values.set(output, last);
  }
  return new Uint8Array(last.data.buffer);
}

/**
 * Replaces elementwise operators that compute codes of 8 bits from codes of 8 bits by one table, made by their references: pairs of quantize and
 * dequantize, float32 functions between them, conversions of inputs, arithmetic with constants, and x * f(x). What is between is read by nothing else.
 */
export const fuseLookups: Pass = {
  name: 'fuse-lookups',

  run(graph: Graph): Graph {
    const regionOf = regionFinder(graph);
    const regions = new Map<number, Region>();
    const replaced = new Set<number>();
    for (let last = graph.nodes.length - 1; last >= 0; last--) {
      const region = replaced.has(last) ? undefined : regionOf(last);
      if (region === undefined) continue;
      regions.set(last, region);
      for (const at of region.nodes) replaced.add(at);
    }
    if (regions.size === 0) return graph;

    const tensors = [...graph.tensors];
    const nodes = graph.nodes.flatMap((node, at): Node[] => {
      const region = regions.get(at);
      if (region === undefined) return replaced.has(at) ? [] : [node];
      const name = `${graph.nodes[region.nodes[0]!]!.name} to ${node.name}`;
      const table = tensors.push({ name: `${name} table`, dtype: 'uint8', shape: [CODES], data: tableOf(region, graph) }) - 1;
      return [{ op: 'map-codes', name, inputs: [region.argument, table], outputs: node.outputs, attributes: {} }];
    });
    return { ...graph, tensors, nodes };
  },
};
