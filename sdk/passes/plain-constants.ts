// Constants of types that no kernel takes, and operators on them that are known before a run.

import { byteLength, viewOf } from '../core/dtype.ts';
import type { DType, TypedArray } from '../core/dtype.ts';
import { ModelError } from '../core/errors.ts';
import { elementCount, stridesOf } from '../core/shape.ts';
import type { Node, Tensor } from '../ir/graph.ts';

/** Types that a cast takes as constants alone. */
const WIDENED: readonly DType[] = ['bool', 'int4', 'uint4', 'int16', 'uint16', 'uint32', 'int64'];
const PACKED: readonly DType[] = ['int4', 'uint4'];
const CODES: readonly DType[] = ['int8', 'uint8', 'int16', ...PACKED];
const MAX_INT32 = 2147483647;
/** The operand of an operator that chooses by indices. */
const INDICES: Readonly<Record<string, number>> = { 'gather': 1, 'gather-nd': 1 };

/** Codes of 4 bits, low nibble first. */
function unpacked(packed: TypedArray, count: number, isSigned: boolean): number[] {
  return Array.from({ length: count }, (_, index) => {
    const code = (Number(packed[index >> 1]) >> (4 * (index & 1))) & 15;
    return isSigned && code > 7 ? code - 16 : code;
  });
}

/** Elements of a constant as numbers. @throws ModelError naming the node where an integer is none of a double. */
function numbersOf(node: Node, { name, dtype, shape, data }: Tensor): number[] {
  const count = elementCount(shape);
  const view = viewOf(dtype, data!.slice().buffer, 0, count);
  if (PACKED.includes(dtype)) return unpacked(view, count, dtype === 'int4');
  const numbers = Array.from(view as Int32Array, Number);
  const wide = numbers.find((value) => dtype === 'int64' && !Number.isSafeInteger(value));
  if (wide === undefined) return numbers;
  throw new ModelError('integer-range', `${node.name}: '${name}' holds ${wide}; allowed are integers up to ${Number.MAX_SAFE_INTEGER}; export the model again`);
}

function constant({ name, shape }: Tensor, dtype: 'float32' | 'int32', numbers: readonly number[]): Tensor {
  const { buffer } = dtype === 'float32' ? Float32Array.from(numbers) : Int32Array.from(numbers);
  return { name, dtype, shape, data: new Uint8Array(buffer) };
}

/** Real values of codes with one quantization for all, or one for each index of its axis. */
function dequantized(node: Node, tensor: Tensor): Tensor {
  const { scales, zeroPoints, axis = 0 } = tensor.quantization!;
  const stride = stridesOf(tensor.shape)[axis] ?? 1;
  const real = (code: number, index: number): number => {
    const channel = scales.length === 1 ? 0 : Math.floor(index / stride) % scales.length;
    return (code - zeroPoints[channel]!) * Math.fround(scales[channel]!);
  };
  return constant(tensor, 'float32', numbersOf(node, tensor).map(real));
}

function canDequantize({ dtype, shape, quantization }: Tensor): boolean {
  if (quantization === undefined || !CODES.includes(dtype)) return false;
  const { scales, zeroPoints, axis } = quantization;
  return scales.length === zeroPoints.length && (scales.length === 1 || shape[axis ?? -1] === scales.length);
}

/** A node on constants of types that its operator takes; `place` gives the id of a new tensor. */
export function withPlainConstants(node: Node, tensors: readonly Tensor[], maxBytes: number, place: (tensor: Tensor) => number): Node {
  const position = INDICES[node.op] ?? 0;
  const [tensor, output] = [tensors[node.inputs[position] ?? -1], tensors[node.outputs[0] ?? -1]];
  if (tensor?.data === undefined || output === undefined || byteLength('float32', elementCount(tensor.shape)) > maxBytes) return node;
  const { dtype, quantization } = tensor;
  const on = (plain: Tensor): Node => ({ ...node, op: node.op === 'dequantize' ? 'cast' : node.op, inputs: node.inputs.with(position, place(plain)) });
  if (INDICES[node.op] !== undefined && dtype === 'int64') {
    return on(constant(tensor, 'int32', numbersOf(node, tensor).map((index) => Math.min(Math.max(index, -MAX_INT32 - 1), MAX_INT32))));
  }
  if (node.op === 'cast' && WIDENED.includes(dtype)) return on(constant(tensor, output.dtype === 'float32' ? 'float32' : 'int32', numbersOf(node, tensor)));
  const isPlain = (dtype === 'int8' || dtype === 'uint8') && quantization?.scales.length === 1;
  return node.op === 'dequantize' && !isPlain && canDequantize(tensor) ? on(dequantized(node, tensor)) : node;
}
