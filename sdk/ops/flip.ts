import { elementCount } from '../core/shape.ts';
import type { PlanField } from '../plan/types.ts';
import { sourceField } from './kernel-fields.ts';
import type { Fields } from './kernel-fields.ts';
import { elementBlock } from './partition.ts';
import { TAIL_SCRATCH } from './scratch.ts';
import type { Lowering } from './types.ts';

/** Emits the codes of tensor `input` with their sign bit flipped: uint8 as int8 codes of the same values, or the other way. */
export function lowerFlip(lowering: Lowering, input: number, output: PlanField): void {
  const count = elementCount(lowering.tensor(input).shape);
  const block = elementBlock(count);
  const fields: Fields<'FlipParams'> = {
    INPUT: sourceField(lowering, input), OUTPUT: output, COUNT: count, BLOCK: block, MASK: { splat: 'i8', value: -128 },
  };
  lowering.step({ kernel: 'flip_x8', params: 'FlipParams', fields, units: Math.ceil(count / block), scratch: TAIL_SCRATCH });
}
