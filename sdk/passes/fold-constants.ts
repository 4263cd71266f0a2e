import { byteLength, viewOf } from '../core/dtype.ts';
import type { TypedArray } from '../core/dtype.ts';
import { ModelError } from '../core/errors.ts';
import { elementCount, formatShape } from '../core/shape.ts';
import type { Graph, Node, Tensor } from '../ir/graph.ts';
import { operatorOf } from '../ops/index.ts';
import type { Pass } from './types.ts';

/** Most bytes of a folded tensor. */
const MAX_BYTES = 65536;
const DTYPES: readonly string[] = ['int32', 'float32'];

/** Elements of a tensor: a copy of its constant, else zeros. */
function elementsOf({ dtype, shape, data }: Tensor): TypedArray {
  const count = elementCount(shape);
  const bytes = data?.slice() ?? new Uint8Array(byteLength(dtype, count));
  return viewOf(dtype, bytes.buffer, 0, count);
}

/** Shape that a computed operand asks for; one extent may be -1. */
function askedShape(node: Node, input: Tensor, wanted: Tensor | undefined): readonly number[] {
  if (wanted?.data === undefined || wanted.dtype !== 'int32' || wanted.shape.length !== 1) {
    throw new ModelError('dynamic-shape', `${node.name}: the new shape '${wanted?.name ?? ''}' is computed at run time; export the model with fixed shapes`);
  }
  const asked = [...elementsOf(wanted) as Int32Array];
  const known = asked.reduce((product, extent) => (extent === -1 ? product : product * extent), 1);
  const shape = asked.map((extent) => (extent === -1 ? elementCount(input.shape) / known : extent));
  const fits = shape.length <= 8 && shape.every((extent) => Number.isInteger(extent) && extent > 0) && elementCount(shape) === elementCount(input.shape);
  if (!fits) {
    const found = `the new shape ${asked.slice(0, 9).join('x')} of '${input.name}' (${formatShape(input.shape)})`;
    throw new ModelError('invalid-shape', `${node.name}: ${found} does not hold its elements; export the model again`);
  }
  return shape;
}

/** A node with every id in range. */
function hasTensors({ inputs, outputs }: Node, tensors: readonly Tensor[]): boolean {
  return inputs.every((id) => id === -1 || tensors[id] !== undefined) && outputs.every((id) => tensors[id] !== undefined);
}

function isConstant(node: Node, tensors: readonly Tensor[], graph: Graph): boolean {
  const known = node.op === 'shape' || (node.inputs.length > 0 && node.inputs.every((id) => tensors[id]?.data !== undefined));
  return known && node.outputs.every((id) => {
    const { dtype, shape } = tensors[id]!;
    return DTYPES.includes(dtype) && byteLength(dtype, elementCount(shape)) <= MAX_BYTES && !graph.outputs.includes(id)
      && !graph.states?.some(({ output }) => output === id);
  });
}

/** Runs the reference of a node on constants. */
function valuesOf(node: Node, tensors: readonly Tensor[]): Tensor[] {
  const inputs = node.inputs.map((id) => (id < 0 ? undefined : { ...tensors[id]!, data: elementsOf(tensors[id]!) }));
  const outputs = node.outputs.map((id) => ({ ...tensors[id]!, data: elementsOf(tensors[id]!) }));
  operatorOf(node).reference(node, inputs, outputs, 'float');
  return outputs.map(({ data, ...type }) => ({ ...type, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) }));
}

/**
 * Replaces nodes whose value is known by constants, takes shapes that they compute into reshapes, and infers the shapes that a file leaves open.
 * Runs before verification: graphs that refer to tensors they do not have are left as they are.
 */
export const foldConstants: Pass = {
  name: 'fold-constants',

  run(graph: Graph): Graph {
    const open = graph.tensors.some(({ isShapeOpen }) => isShapeOpen);
    if (!graph.nodes.every((node) => hasTensors(node, graph.tensors))) return graph;
    const tensors = [...graph.tensors];
    const nodes: Node[] = [];
    for (const source of graph.nodes) {
      const [inputId = -1, shapeId] = source.inputs;
      const [outputId = -1] = source.outputs;
      let node = source;
      if (source.op === 'reshape' && shapeId !== undefined && tensors[inputId] !== undefined && tensors[outputId] !== undefined) {
        tensors[outputId] = { ...tensors[outputId], shape: askedShape(source, tensors[inputId], tensors[shapeId]) };
        node = { ...source, inputs: [inputId] };
      } else if (open && source.outputs.some((id) => tensors[id]!.isShapeOpen)) {
        const outputs = source.outputs.map((id) => tensors[id]!);
        const types = operatorOf(source).infer(source, source.inputs.map((id) => tensors[id]), outputs);
        source.outputs.forEach((id, index) => {
          const shape = types[index]?.shape;
          if (tensors[id]!.isShapeOpen && shape !== undefined && formatShape(shape) !== formatShape(tensors[id]!.shape)) tensors[id] = { ...tensors[id]!, shape };
        });
      }
      if (isConstant(node, tensors, graph)) {
        valuesOf(node, tensors).forEach((value, index) => {
          tensors[node.outputs[index]!] = value;
        });
      } else nodes.push(node);
    }
    const same = nodes.length === graph.nodes.length && nodes.every((node, index) => node === graph.nodes[index])
      && tensors.every((tensor, id) => tensor === graph.tensors[id]);
    return same ? graph : { ...graph, tensors, nodes };
  },
};
