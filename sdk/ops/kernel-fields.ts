import type * as abi from '../../kernels/abi.ts';
import type { CodeRange } from '../core/affine.ts';
import type { PlanField } from '../plan/types.ts';
import { MAGIC, MAGIC_BITS } from './requantize.ts';
import type { Lowering } from './types.ts';

/** Name of a params enum of the kernel ABI. */
export type ParamsName = Extract<keyof typeof abi, `${string}Params`>;

/** A value for every field of a params block: a missing or misspelt field does not compile. */
export type Fields<Params extends ParamsName> = Readonly<Record<Exclude<keyof (typeof abi)[Params], 'SIZE'>, PlanField>>;

/** Rounding and clamping of float sums to int8 codes; `zeroPoint` is what the kernel adds after rounding. */
export function roundingFields(zeroPoint: number, range: CodeRange): Pick<Fields<'GemmParams'>, 'MAGIC' | 'OFFSET' | 'MIN' | 'MAX'> {
  return {
    MAGIC: { splat: 'f32', value: MAGIC },
    OFFSET: { splat: 'i32', value: MAGIC_BITS - zeroPoint },
    MIN: { splat: 'i8', value: range.min },
    MAX: { splat: 'i8', value: range.max },
  };
}

/** Plans are JSON, which has no infinities: their bits. */
function boundField(bound: number): PlanField {
  if (Number.isFinite(bound)) return { splat: 'f32', value: bound };
  return { splat: 'i32', value: bound > 0 ? 0x7f800000 : -0x800000 };
}

/** Clamp bounds of a float32 kernel. */
export function clampFields({ min, max }: CodeRange): { readonly MIN: PlanField; readonly MAX: PlanField } {
  return { MIN: boundField(min), MAX: boundField(max) };
}

/** Where a kernel reads tensor `id`: its buffer, or its bytes when it is constant. */
export function sourceField(lowering: Lowering, id: number): PlanField {
  if (lowering.tensor(id).data === undefined) return { buffer: lowering.buffer(id) };
  return { constant: lowering.constantTensor(id, { kind: 'raw' }) };
}

/** Little-endian bytes of a constant table. */
export function bytesOf(array: Float64Array | Float32Array | Int32Array | Int8Array | Uint8Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
