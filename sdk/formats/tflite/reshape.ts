import { ByteReader } from '../../core/byte-reader.ts';
import { ModelError } from '../../core/errors.ts';
import { elementCount, formatShape } from '../../core/shape.ts';
import type { Tensor } from '../../ir/graph.ts';
import type { Table } from './flatbuffer.ts';
import type { Operands } from './types.ts';

/** The shape a RESHAPE asks for, by its second input or else its options, must be the shape its output states. */
export function checkNewShape(
  options: Table<'new_shape'>, { inputs: [input, shape], outputs: [output] }: Operands,
): void {
  const asked = shape ? constantShape(shape, options.where) : options.i32s('new_shape');
  if (!shape && asked.length === 0) return;
  const known = asked.reduce((product, extent) => (extent === -1 ? product : product * extent), 1);
  const inferred = elementCount(input!.shape) / known;
  const stated = output!.shape;
  const fits = asked.length === stated.length && asked.filter((extent) => extent === -1).length <= 1 &&
    asked.every((extent, axis) => stated[axis] === (extent === -1 ? inferred : extent));
  if (fits) return;
  throw new ModelError('invalid-shape', `${options.where}: new shape ${asked.join('x')} of input "${input!.name}" (${formatShape(input!.shape)}) ` +
    `does not give output "${output!.name}" (${formatShape(stated)}); export the model again`);
}

function constantShape(shape: Tensor, where: string): number[] {
  if (!shape.data) {
    throw new ModelError('dynamic-shape', `${where}: the new shape "${shape.name}" is computed at run time; export the model with fixed shapes`);
  }
  if (shape.dtype !== 'int32' || shape.shape.length > 1 || shape.data.length > 32) {
    throw new ModelError('invalid-shape', `${where}: the new shape "${shape.name}" is ${formatShape(shape.shape)} ${shape.dtype}; ` +
      'allowed are at most 8 int32 values; export the model again');
  }
  const reader = new ByteReader(shape.data);
  return Array.from({ length: reader.length / 4 }, (_, index) => reader.i32(4 * index, where));
}
