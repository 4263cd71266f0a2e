import { ModelError } from '../../core/errors.ts';
import { elementCount, formatShape } from '../../core/shape.ts';
import type { Table } from './flatbuffer.ts';
import { constantIntegers } from './integers.ts';
import type { Operands } from './types.ts';

/** The shape a RESHAPE asks for, by its constant second input or else its options, must be the shape its output states. */
export function checkNewShape(
  options: Table<'new_shape'>, { inputs: [input, shape], outputs: [output] }: Operands,
): void {
  if (shape && !shape.data) return;
  const asked = shape ? constantIntegers(shape, 'new shape', options.where) : options.i32s('new_shape');
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
