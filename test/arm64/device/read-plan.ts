import { readFileSync } from 'node:fs';
import { PlanError } from '../../../sdk/core/errors.ts';
import { decode } from '../../../sdk/plan/decode.ts';
import type { Plan } from '../../../sdk/plan/types.ts';

const plans = new Map<string, Plan>();

export function readPlan(path: string): Plan {
  let plan = plans.get(path);
  if (plan === undefined) {
    plan = decode(readFileSync(path, 'utf8'));
    plans.set(path, plan);
  }
  return plan;
}

/** The plans of these tests carry their constants. */
export function noTensor(tensor: number): never {
  throw new PlanError('missing-constant', `tensor ${tensor} is not part of the plan`);
}
