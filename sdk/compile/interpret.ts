import { byteLength, viewOf } from '../core/dtype.ts';
import type { TypedArray } from '../core/dtype.ts';
import { OptionError } from '../core/errors.ts';
import { elementCount, formatShape } from '../core/shape.ts';
import type { Graph, Tensor } from '../ir/graph.ts';
import { verify } from '../ir/verify.ts';
import { operatorOf, operators } from '../ops/index.ts';
import { prepare } from '../passes/prepare.ts';
import type { RequantizeMode, TensorValue } from '../ops/types.ts';

/** File bytes need not be aligned to their elements: such constants are copied. */
function constantView({ dtype, shape, data }: Tensor, bytes: Uint8Array): TypedArray {
  const count = elementCount(shape);
  const aligned = data === undefined || bytes.byteOffset % (byteLength(dtype, 1)) === 0 ? bytes : bytes.slice();
  return viewOf(dtype, aligned.buffer, aligned.byteOffset, count);
}

function inputValue(tensor: Tensor, input: TypedArray | undefined, index: number): TensorValue {
  const bytes = byteLength(tensor.dtype, elementCount(tensor.shape));
  const kind = viewOf(tensor.dtype, new ArrayBuffer(8), 0, 0).constructor;
  if (input?.constructor !== kind || input.byteLength !== bytes) {
    const found = input === undefined ? 'missing' : `a ${input.constructor.name} of ${input.length} elements`;
    const expected = `a ${kind.name} for ${tensor.dtype} ${formatShape(tensor.shape)}`;
    throw new OptionError('invalid-input', `input ${index} '${tensor.name}' is ${found}; must be ${expected}`);
  }
  return { ...tensor, data: input };
}

/**
 * Runs the scalar references of all operators.
 * @param inputs one array for each graph input, in order
 * @returns one array for each graph output, in order
 * @throws ModelError when the graph is invalid, OptionError when an input has another type or length than the graph's
 */
export function interpret(source: Graph, inputs: readonly TypedArray[], mode: RequantizeMode): TypedArray[] {
  const graph = prepare(source);
  verify(graph, operators);
  if (inputs.length !== graph.inputs.length) {
    throw new OptionError('invalid-input', `${inputs.length} inputs were given; '${graph.name}' has ${graph.inputs.length}`);
  }
  const values = new Map<number, TensorValue>();
  graph.inputs.forEach((id, index) => values.set(id, inputValue(graph.tensors[id]!, inputs[index], index)));
  for (const { input, initial } of graph.states ?? []) {
    const tensor = graph.tensors[input]!;
    const size = byteLength(tensor.dtype, elementCount(tensor.shape));
    const bytes = typeof initial === 'number' ? new Uint8Array(size).fill(initial) : initial;
    values.set(input, { ...tensor, data: constantView({ ...tensor, data: bytes }, bytes) });
  }
  const valueOf = (id: number): TensorValue => {
    const known = values.get(id);
    if (known !== undefined) return known;
    const tensor = graph.tensors[id]!;
    const bytes = tensor.data ?? new Uint8Array(byteLength(tensor.dtype, elementCount(tensor.shape)));
    const value = { ...tensor, data: constantView(tensor, bytes) };
    values.set(id, value);
    return value;
  };
  for (const node of graph.nodes) {
    operatorOf(node).reference(node, node.inputs.map((id) => (id < 0 ? undefined : valueOf(id))), node.outputs.map(valueOf), mode);
  }
  return graph.outputs.map((id) => valueOf(id).data);
}
