import * as v from 'valibot';
import type { ThermalPole } from '../types.ts';

const positive = v.pipe(v.number(), v.minValue(1e-9), v.maxValue(1e9));
const count = v.pipe(v.number(), v.integer(), v.minValue(1));
const estimate = v.strictObject({ value: positive, low: v.pipe(v.number(), v.finite()), high: positive });
const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));

/** A variant and the hash of its file, such as one of a manifest. */
export const profiledVariant = v.object({ name: v.string(), sha256 });

/** What measured latencies are of, besides the machine. */
export interface ProfiledModels {
  /** Kernel module in use, `model.kernel`. */
  readonly kernel?: string;
  readonly variants?: readonly Readonly<v.InferOutput<typeof profiledVariant>>[];
}

/** What calibration stores. */
export const profileSchema = v.strictObject({
  format: v.literal('halfbyte-board-profile'),
  version: v.literal(2),
  /** Name of the board it was measured on. */
  board: v.string(),
  /** Machine it was measured on. */
  machine: v.strictObject({ processor: v.string(), cores: count, node: count }),
  /** Kernel module that the latencies were measured with, where it was stated. */
  kernel: v.optional(v.string()),
  /** Median seconds of an inference by variant and number of threads, with the hash of the variant's file where it was stated. */
  latencies: v.array(v.strictObject({ variant: v.string(), sha256: v.optional(sha256), threads: count, seconds: positive, runs: count })),
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
