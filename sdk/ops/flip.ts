import type { PlanField } from '../plan/types.ts';
import { lowerElementwise } from './elementwise.ts';
import { TAIL_SCRATCH } from './scratch.ts';
import type { Lowering } from './types.ts';

/** Emits the codes of tensor `input` with their sign bit flipped: uint8 as int8 codes of the same values, or the other way. */
export function lowerFlip(lowering: Lowering, input: number, output: PlanField): void {
  const fields = { MASK: { splat: 'i8', value: -128 } } as const;
  lowerElementwise(lowering, input, output, { kernel: 'flip_x8', params: 'FlipParams', fields, scratch: TAIL_SCRATCH });
}
