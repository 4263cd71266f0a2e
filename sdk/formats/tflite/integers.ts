import { ByteReader } from '../../core/byte-reader.ts';
import { ModelError } from '../../core/errors.ts';
import { formatShape } from '../../core/shape.ts';
import type { Tensor } from '../../ir/graph.ts';

const MAX_COUNT = 64;

/** Values of a constant int32 operand of at most two dimensions. @throws ModelError starting with `where`. */
export function constantIntegers(tensor: Tensor | undefined, role: string, where: string): number[] {
  if (tensor?.data === undefined) {
    throw new ModelError('dynamic-shape', `${where}: ${role} "${tensor?.name ?? ''}" is computed at run time; export the model with fixed shapes`);
  }
  if (tensor.dtype !== 'int32' || tensor.shape.length > 2 || tensor.data.length > 4 * MAX_COUNT) {
    throw new ModelError('invalid-operand', `${where}: ${role} "${tensor.name}" is ${formatShape(tensor.shape)} ${tensor.dtype}; ` +
      `allowed are at most ${MAX_COUNT} int32 values; export the model again`);
  }
  const reader = new ByteReader(tensor.data);
  return Array.from({ length: reader.length / 4 }, (_, index) => reader.i32(4 * index, where));
}

/** Axis from 0 of one that may count from the end. @throws ModelError starting with `where`. */
export function axisOf(axis: number | undefined, rank: number, where: string): number {
  if (axis !== undefined && axis >= -rank && axis < rank) return axis < 0 ? axis + rank : axis;
  throw new ModelError('invalid-attribute', `${where}: axis is ${axis}; allowed are ${-rank} to ${rank - 1}; export the model again`);
}
