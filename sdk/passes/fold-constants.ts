import { byteLength, viewOf } from '../core/dtype.ts';
import type { TypedArray } from '../core/dtype.ts';
import { ModelError } from '../core/errors.ts';
import { elementCount, formatShape, sameShape } from '../core/shape.ts';
import type { Graph, Node, Tensor } from '../ir/graph.ts';
import { verifyNode } from '../ir/verify.ts';
import { operatorOf } from '../ops/index.ts';
import { withPlainConstants } from './plain-constants.ts';
import { resultsOf } from './results.ts';
import { checkStatedShapes } from './stated-shapes.ts';
import type { Pass } from './types.ts';

/** Most bytes of a folded tensor. */
const MAX_BYTES = 65536;
/** Most bytes that folding a graph reads and writes. */
const MAX_WORK = 2 ** 24;
/** Operators whose references take time in proportion to what they read and write, beside those that are elementwise. */
const LINEAR: readonly string[] = [
  'shape', 'reshape', 'slice', 'concat', 'pack', 'unpack', 'split', 'gather', 'gather-nd', 'transpose', 'pad', 'mean', 'arg-max', 'softmax',
  'l2-normalization', 'space-to-batch', 'batch-to-space', 'resize-bilinear', 'resize-nearest-neighbor',
];
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

/** A node that knows its new shape, on outputs that have the shapes their operator gives them. */
function withShapes(node: Node, tensors: Tensor[]): Node {
  const [inputId = -1, shapeId] = node.inputs;
  const [outputId = -1] = node.outputs;
  const [input, output] = [tensors[inputId], tensors[outputId]];
  if (node.op === 'reshape' && shapeId !== undefined && input !== undefined && output !== undefined) {
    tensors[outputId] = { ...output, shape: askedShape(node, input, tensors[shapeId]) };
    return { ...node, inputs: [inputId] };
  }
  const outputs = node.outputs.map((id) => tensors[id]!);
  if (!outputs.some(({ isShapeOpen }) => isShapeOpen)) return node;
  const types = operatorOf(node).infer(node, node.inputs.map((id) => tensors[id]), outputs);
  node.outputs.forEach((id, index) => {
    const shape = types[index]?.shape;
    if (outputs[index]!.isShapeOpen && shape !== undefined && !sameShape(shape, outputs[index]!.shape)) tensors[id] = { ...outputs[index]!, shape };
  });
  return node;
}

/** Whether a node can be replaced by constants; `ports` are tensors that stay. */
function isConstant(node: Node, tensors: readonly Tensor[], ports: ReadonlySet<number>): boolean {
  const known = node.op === 'shape' || (node.inputs.length > 0 && node.inputs.every((id) => tensors[id]?.data !== undefined));
  return known && (LINEAR.includes(node.op) || operatorOf(node).isElementwise === true) && node.outputs.every((id) => {
    const { dtype, shape, data } = tensors[id]!;
    return DTYPES.includes(dtype) && byteLength(dtype, elementCount(shape)) <= MAX_BYTES && data === undefined && !ports.has(id);
  });
}

/** Bytes that the reference of a node reads and writes. */
function workOf({ inputs, outputs }: Node, tensors: readonly Tensor[]): number {
  const read = inputs.reduce((sum, id) => sum + (tensors[id]?.data?.byteLength ?? 0), 0);
  return outputs.reduce((sum, id) => sum + byteLength(tensors[id]!.dtype, elementCount(tensors[id]!.shape)), read);
}

/** Runs the reference of a node on constants. */
function valuesOf(node: Node, tensors: readonly Tensor[]): Tensor[] {
  const inputs = node.inputs.map((id) => ({ ...tensors[id]!, data: tensors[id]!.data === undefined ? new Uint8Array() : elementsOf(tensors[id]!) }));
  const outputs = node.outputs.map((id) => ({ ...tensors[id]!, data: elementsOf(tensors[id]!) }));
  operatorOf(node).reference(node, inputs, outputs, 'float');
  return outputs.map(({ data, ...type }) => ({ ...type, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) }));
}

/** Replaces nodes whose value is known by constants, takes shapes that they compute into reshapes, and infers the shapes that a file leaves open. */
export const foldConstants: Pass = {
  name: 'fold-constants',

  run(graph: Graph): Graph {
    const ports = new Set([...graph.inputs, ...resultsOf(graph), ...(graph.states ?? []).map(({ input }) => input)]);
    const tensors = [...graph.tensors];
    const nodes: Node[] = [];
    let work = 0;
    const place = (tensor: Tensor): number => {
      work += tensor.data?.byteLength ?? 0;
      return tensors.push(tensor) - 1;
    };
    for (const source of graph.nodes) {
      const plain = withPlainConstants(source, tensors, Math.min(MAX_BYTES, MAX_WORK - work), place);
      checkStatedShapes(plain, graph.tensors, tensors);
      const node = withShapes(plain, tensors);
      checkStatedShapes(plain, graph.tensors, tensors);
      const bytes = workOf(node, tensors);
      if (bytes > MAX_WORK - work || !isConstant(node, tensors, ports)) {
        nodes.push(node);
        continue;
      }
      verifyNode({ tensors }, node, operatorOf(node));
      work += bytes;
      valuesOf(node, tensors).forEach((value, index) => {
        tensors[node.outputs[index]!] = value;
      });
    }
    const same = nodes.length === graph.nodes.length && nodes.every((node, index) => node === graph.nodes[index])
      && tensors.every((tensor, id) => tensor === graph.tensors[id]);
    return same ? graph : { ...graph, tensors, nodes };
  },
};
