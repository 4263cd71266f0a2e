import { byteLength } from '../core/dtype.ts';
import { ModelError } from '../core/errors.ts';
import { elementCount, formatShape, MAX_RANK, sameShape } from '../core/shape.ts';
import type { Graph, Node, Tensor, TensorType } from './graph.ts';

/** What verification needs of an operator. */
export interface TypeRules {
  readonly name: string;
  infer(node: Node, inputs: readonly (Tensor | undefined)[], outputs: readonly Tensor[]): readonly TensorType[];
}

/** Largest tensor: sizes and offsets stay within int32. */
const MAX_TENSOR_BYTES = 2147483647;

function describe(graph: Graph, id: number): string {
  const name = graph.tensors[id]?.name;
  return name === undefined ? `tensor ${id}` : `tensor ${id} '${name}'`;
}

function verifyTensor(graph: Graph, id: number, tensor: Tensor): void {
  const { dtype, shape, data } = tensor;
  const least = data === undefined ? 1 : 0;
  if (shape.length > MAX_RANK || shape.some((extent) => !Number.isInteger(extent) || extent < least)) {
    const found = shape.slice(0, MAX_RANK + 1).join(', ');
    throw new ModelError('invalid-shape', `${describe(graph, id)}: shape [${found}] must be at most ${MAX_RANK} integers of at least ${least}`);
  }
  const bytes = byteLength(dtype, elementCount(shape));
  if (bytes > MAX_TENSOR_BYTES) {
    throw new ModelError('invalid-shape', `${describe(graph, id)}: ${dtype} ${formatShape(shape)} takes ${bytes} bytes, at most ${MAX_TENSOR_BYTES}`);
  }
  if (data !== undefined && data.byteLength !== bytes) {
    const expected = `${dtype} ${formatShape(shape)} takes ${bytes}`;
    throw new ModelError('constant-size', `${describe(graph, id)}: constant has ${data.byteLength} bytes, ${expected}`);
  }
}

function checkId(graph: Pick<Graph, 'tensors'>, id: number, where: string): Tensor {
  const tensor = graph.tensors[id];
  if (tensor === undefined) throw new ModelError('unknown-tensor', `${where} is tensor ${id}; the graph has ${graph.tensors.length} tensors`);
  if (elementCount(tensor.shape) > 0) return tensor;
  throw new ModelError('invalid-shape', `${where} is '${tensor.name}', a constant without elements, which nothing may read; export the model again`);
}

/** Checks states and adds their inputs to what is `available`. */
function verifyStates(graph: Graph, available: Set<number>): void {
  for (const { input, output, initial } of graph.states ?? []) {
    const before = checkId(graph, input, 'a state');
    const after = checkId(graph, output, 'the new value of a state');
    if (before.data !== undefined || available.has(input)) {
      throw new ModelError('invalid-state', `${describe(graph, input)} is a state and also an input, another state or a constant`);
    }
    if (before.dtype !== after.dtype || !sameShape(before.shape, after.shape)) {
      const found = `${after.dtype} ${formatShape(after.shape)}`;
      const expected = `the state ${describe(graph, input)} is ${before.dtype} ${formatShape(before.shape)}`;
      throw new ModelError('invalid-state', `${describe(graph, output)} is ${found}; ${expected}`);
    }
    const bytes = byteLength(before.dtype, elementCount(before.shape));
    if (typeof initial === 'object' && initial.byteLength !== bytes) {
      throw new ModelError('invalid-state', `${describe(graph, input)}: the first value has ${initial.byteLength} bytes, the state ${bytes}`);
    }
    available.add(input);
  }
}

/** Checks a node against its operator. @throws ModelError naming the node */
export function verifyNode(graph: Pick<Graph, 'tensors'>, node: Node, rules: TypeRules): void {
  const inputs = node.inputs.map((id, index) => (id === -1 ? undefined : checkId(graph, id, `${node.name}: input ${index}`)));
  const outputs = node.outputs.map((id, index) => checkId(graph, id, `${node.name}: output ${index}`));
  const inferred = rules.infer(node, inputs, outputs);
  outputs.forEach((output, index) => {
    const type = inferred[index];
    if (type !== undefined && type.dtype === output.dtype && sameShape(type.shape, output.shape)) return;
    const found = type === undefined ? 'no such output' : `${type.dtype} ${formatShape(type.shape)}`;
    throw new ModelError(
      'type-mismatch',
      `${node.name}: output ${index} '${output.name}' is declared as ${output.dtype} ${formatShape(output.shape)}, ${node.op} gives ${found}`,
    );
  });
}

/** Checks sizes of tensors and constants. @throws ModelError naming the tensor */
export function verifyTensors(graph: Graph): void {
  graph.tensors.forEach((tensor, id) => verifyTensor(graph, id, tensor));
}

/**
 * Checks a whole graph: tensor sizes and constants, ids, execution order, single assignment, and every node against its operator.
 * @throws ModelError naming the tensor or the node
 */
export function verify(graph: Graph, operators: readonly TypeRules[]): void {
  verifyTensors(graph);
  const available = new Set<number>();
  for (const id of graph.inputs) {
    const tensor = checkId(graph, id, 'a graph input');
    if (tensor.data !== undefined) throw new ModelError('constant-input', `graph input ${describe(graph, id)} is constant`);
    if (available.has(id)) throw new ModelError('duplicate-input', `${describe(graph, id)} is twice an input of the graph`);
    available.add(id);
  }
  verifyStates(graph, available);
  graph.tensors.forEach((tensor, id) => {
    if (tensor.data !== undefined) available.add(id);
  });
  const rules = new Map(operators.map((operator) => [operator.name, operator]));
  for (const node of graph.nodes) {
    const operator = rules.get(node.op);
    if (operator === undefined) {
      throw new ModelError('unsupported-operator', `${node.name}: unknown operator '${node.op}'; one of: ${[...rules.keys()].join(', ')}`);
    }
    const early = node.inputs.find((id) => id !== -1 && !available.has(id));
    if (early !== undefined) {
      checkId(graph, early, `${node.name}: an input`);
      throw new ModelError('unordered-graph', `${node.name}: reads ${describe(graph, early)} before it is produced; nodes must run in order`);
    }
    verifyNode(graph, node, operator);
    for (const id of node.outputs) {
      if (available.has(id)) {
        throw new ModelError('assigned-twice', `${node.name}: writes ${describe(graph, id)}, which is an input, a constant or written before`);
      }
      available.add(id);
    }
  }
  for (const id of [...graph.outputs, ...(graph.states ?? []).map(({ output }) => output)]) {
    checkId(graph, id, 'a graph output');
    if (!available.has(id)) throw new ModelError('missing-output', `graph output ${describe(graph, id)} is produced by no node`);
  }
}
