import { exp } from '../core/math.ts';
import type { Candidate } from './types.ts';

/** What inferences are worth to the user. */
export interface Worth {
  /** Seconds for which an event stays visible. */
  readonly dwell: number;
  /** Worth of a second of looking while nothing moves, against 1 of a second with an event of average weight. */
  readonly scan: number;
}

/** Inferences a second of a candidate in a slot with this share of motion. */
function rateOf({ variant, rate, gated, off }: Candidate, motion: number): number {
  return variant < 0 || off > 0 ? 0 : gated ? rate * motion : rate;
}

/** Watts above idle of a candidate in a slot with this share of motion; powered off is below idle and not counted here. */
export function dynamicWatts(candidate: Candidate, motion: number): number {
  return rateOf(candidate, motion) * candidate.energy;
}

/** Worth of a second: weight * accuracy * (1 - e^(-rate * dwell)) for what moves, and a little for looking at what does not. */
export function worthOf({ variant, rate, gated, off, accuracy }: Candidate, motion: number, weight: number, { dwell, scan }: Worth): number {
  if (variant < 0 || off > 0) return 0;
  return accuracy * (1 - exp(-rate * dwell)) * (motion * weight + (gated ? 0 : scan * (1 - motion)));
}
