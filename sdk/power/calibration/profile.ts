import * as v from 'valibot';
import type { ThermalPole } from '../types.ts';

const positive = v.pipe(v.number(), v.minValue(1e-9), v.maxValue(1e9));
const estimate = v.strictObject({ value: positive, low: v.number(), high: positive });

/** What calibration stores. */
export const profileSchema = v.strictObject({
  format: v.literal('halfbyte-board-profile'),
  version: v.literal(1),
  /** Name of the board it was measured on. */
  board: v.string(),
  /** Median seconds of an inference by variant and number of threads. */
  latencies: v.array(v.strictObject({ variant: v.string(), threads: v.pipe(v.number(), v.integer(), v.minValue(1)), seconds: positive, runs: v.pipe(v.number(), v.integer(), v.minValue(1)) })),
  /** Poles to use: the board's, adapted as far as the recording tells. */
  poles: v.pipe(v.array(v.strictObject({ resistance: positive, seconds: positive })), v.minLength(1), v.maxLength(4)),
  /** K/W and J/K as fitted, where the recording told them. */
  resistance: v.optional(estimate),
  capacity: v.optional(estimate),
  /** What the recording could and could not tell, in words. */
  thermalNote: v.string(),
});

/** A board as measured. */
export type BoardProfile = v.InferOutput<typeof profileSchema> & { readonly poles: readonly ThermalPole[] };

/** Measured seconds of a variant by number of threads, `[n - 1]`, up to the first number that was not measured. */
export function measuredLatency({ latencies }: BoardProfile, variant: string): number[] {
  const seconds: number[] = [];
  for (let threads = 1; ; threads++) {
    const found = latencies.find((entry) => entry.variant === variant && entry.threads === threads);
    if (found === undefined) return seconds;
    seconds.push(found.seconds);
  }
}
