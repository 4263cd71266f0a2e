import type { Candidate, Controller } from '../../types.ts';

/** Does the same in every slot. */
export function alwaysThis(name: string, index: number): Controller {
  return { name, decide: () => index };
}

/** Candidate that infers with the highest `order`, compared number by number. */
export function highest(candidates: readonly Candidate[], gated: boolean, order: (candidate: Candidate) => readonly number[]): number {
  let best = 0;
  candidates.forEach((candidate, index) => {
    if (candidate.variant < 0 || candidate.gated !== gated) return;
    const [left, right] = [order(candidate), best === 0 ? [] : order(candidates[best]!)];
    const differs = left.findIndex((value, at) => value !== right[at]);
    if (best === 0 || (differs >= 0 && left[differs]! > right[differs]!)) best = index;
  });
  return best;
}
