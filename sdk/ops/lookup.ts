// What operators share that take each int8 or uint8 code by itself.

import type { TypedArray } from '../core/dtype.ts';
import { elementCount } from '../core/shape.ts';
import type { Node, TensorType } from '../ir/graph.ts';
import type { PlanField } from '../plan/types.ts';
import { bytesOf, sourceField } from './kernel-fields.ts';
import type { Fields } from './kernel-fields.ts';
import { elementBlock } from './partition.ts';
import type { Lowering } from './types.ts';

/** Output codes for the 256 bit patterns of input codes. */
export function lookupTable({ dtype }: TensorType, outputOf: (code: number) => number): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, bits) => outputOf(dtype === 'int8' && bits > 127 ? bits - 256 : bits) & 255);
}

/** Writes the table's codes for `input` into `output`. */
export function lookUp(table: Uint8Array, input: TypedArray, output: TypedArray): void {
  const from = new Uint8Array(input.buffer, input.byteOffset, input.length);
  const to = new Uint8Array(output.buffer, output.byteOffset, output.length);
  from.forEach((bits, index) => {
    to[index] = table[bits]!;
  });
}

/** Rows of `bytes` codes that stand `stride` bytes apart in the output. */
export interface LookupRows {
  readonly bytes: number;
  readonly stride: number;
}

/** Emits the look-up of all codes of tensor `input`, to contiguous codes unless `rows` says otherwise. */
export function lowerLookup(node: Node, lowering: Lowering, input: number, output: PlanField, table: Uint8Array, rows?: LookupRows): void {
  const count = elementCount(lowering.tensor(input).shape);
  const block = rows?.bytes ?? elementBlock(count);
  const fields: Fields<'LookupParams'> = {
    INPUT: sourceField(lowering, input),
    OUTPUT: output,
    TABLE: { constant: lowering.constantData(`${node.name} table`, bytesOf(table), { kind: 'raw' }) },
    COUNT: count,
    BLOCK: block,
    OUTPUT_STRIDE: rows?.stride ?? block,
  };
  lowering.step({ kernel: 'lookup_x8', params: 'LookupParams', fields, units: Math.ceil(count / block) });
}
