// Attributes of `slice` from SLICE and STRIDED_SLICE.

import { ModelError } from '../../core/errors.ts';
import type { Attribute } from '../../ir/graph.ts';
import type { Table } from './flatbuffer.ts';
import { constantIntegers } from './integers.ts';
import type * as schema from './schema.ts';
import type { Operands } from './types.ts';

function checkCount(values: readonly number[], rank: number, role: string, where: string): void {
  if (values.length === rank) return;
  throw new ModelError('invalid-operand', `${where}: ${role} has ${values.length} values; the input has ${rank} dimensions; export the model again`);
}

export function sliceRange(options: Table<never>, { inputs: [input, first, counts] }: Operands): Record<string, Attribute> {
  const { shape } = input!;
  const begin = constantIntegers(first, 'begin', options.where);
  const size = constantIntegers(counts, 'size', options.where);
  checkCount(begin, shape.length, 'begin', options.where);
  checkCount(size, shape.length, 'size', options.where);
  return { begin, size: size.map((count, axis) => (count === -1 ? shape[axis]! - begin[axis]! : count)), strides: shape.map(() => 1), dropped: [] };
}

const bit = (mask: number, axis: number): boolean => ((mask >>> axis) & 1) === 1;

/** Ranges of a STRIDED_SLICE with the masks applied, as in TFLite's StridedSlice of kernels/internal/strided_slice_logic.h. */
export function stridedRange(options: Table<keyof typeof schema.StridedSliceOptions>, operands: Operands): Record<string, Attribute> {
  const { inputs: [input, first, last, by] } = operands;
  const { shape } = input!;
  for (const name of ['ellipsis_mask', 'new_axis_mask'] as const) {
    if (options.i32(name, 0) !== 0) throw new ModelError('unsupported-attribute', `${options.where}: ${name} is ${options.i32(name, 0)}; allowed: 0`);
  }
  if (options.bool('offset')) throw new ModelError('unsupported-attribute', `${options.where}: offset is true; allowed: false`);
  const [begins, ends, strides] = [
    constantIntegers(first, 'begin', options.where), constantIntegers(last, 'end', options.where), constantIntegers(by, 'strides', options.where),
  ];
  checkCount(ends, begins.length, 'end', options.where);
  checkCount(strides, begins.length, 'strides', options.where);
  if (begins.length > shape.length || strides.includes(0)) {
    throw new ModelError('invalid-operand', `${options.where}: ${begins.length} ranges with strides ${strides.join(', ')}; allowed are at most ` +
      `${shape.length}, the dimensions of the input, and no stride of 0; export the model again`);
  }
  const masks = { begin: options.i32('begin_mask', 0), end: options.i32('end_mask', 0), shrink: options.i32('shrink_axis_mask', 0) };
  const begin: number[] = [];
  const size: number[] = [];
  const dropped: number[] = [];
  shape.forEach((extent, axis) => {
    const stride = strides[axis] ?? 1;
    const [low, high] = stride > 0 ? [0, extent] : [-1, extent - 1];
    const bound = (value: number): number => Math.min(high, Math.max(low, value < 0 ? value + extent : value));
    const start = begins[axis] === undefined || bit(masks.begin, axis) ? (stride > 0 ? 0 : extent - 1) : bound(begins[axis]);
    const stop = ends[axis] === undefined || bit(masks.end, axis) ? (stride > 0 ? extent : -1) : bound(ends[axis]);
    begin.push(start);
    if (bit(masks.shrink, axis) && axis < begins.length) {
      dropped.push(axis);
      size.push(1);
    } else size.push(Math.max(0, Math.ceil((stop - start) / stride)));
  });
  return { begin, size, strides: shape.map((_, axis) => strides[axis] ?? 1), dropped };
}
