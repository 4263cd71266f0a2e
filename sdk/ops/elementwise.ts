import { elementCount } from '../core/shape.ts';
import type { PlanField } from '../plan/types.ts';
import { sourceField } from './kernel-fields.ts';
import type { Fields, ParamsName } from './kernel-fields.ts';
import { elementBlock } from './partition.ts';
import type { Lowering } from './types.ts';

interface ElementwiseStep<Params extends ParamsName> {
  readonly kernel: string;
  readonly params: Params;
  readonly fields: Readonly<Record<Exclude<keyof Fields<Params>, 'INPUT' | 'OUTPUT' | 'COUNT' | 'BLOCK'>, PlanField>>;
  readonly scratch?: number;
}

/** Emits a step over the elements of tensor `input`, each by itself. */
export function lowerElementwise<Params extends ParamsName>(
  lowering: Lowering, input: number, output: PlanField, { fields, ...step }: ElementwiseStep<Params>,
): void {
  const count = elementCount(lowering.tensor(input).shape);
  const block = elementBlock(count);
  const all = { INPUT: sourceField(lowering, input), OUTPUT: output, COUNT: count, BLOCK: block, ...fields };
  lowering.step({ ...step, fields: all, units: Math.ceil(count / block) });
}
