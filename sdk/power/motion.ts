import { exp } from '../core/math.ts';

/** Seconds over which motion returns to what is usual. */
export const MIXING = 60;

/** Share of what motion differs from the usual by that is left after some seconds. */
export function departureLeft(seconds: number): number {
  return exp(-seconds / MIXING);
}
