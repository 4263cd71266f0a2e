import * as v from 'valibot';
import { parseOptions } from '../core/options.ts';
import { calibrate } from '../power/calibration/calibrate.ts';
import { checkStorable, loadProfile, saveProfile } from '../power/calibration/profile-file.ts';
import { measuredLatency, type BoardProfile } from '../power/calibration/profile.ts';
import type { BoardPower, BoardThermal, Sensor } from '../power/types.ts';
import { autoThreads } from '../runtime/threads.ts';
import { ModelVariants } from './model-variants.ts';

/** Least trust of a temperature that is recorded. */
const TRUSTED = 0.5;

const schema = v.strictObject({
  board: v.object({ name: v.string(), power: v.object({ value: v.object({}) }), thermal: v.object({ value: v.object({}) }) }),
  profile: v.string(),
  sensor: v.optional(v.object({ read: v.function() })),
  seconds: v.optional(v.number()),
  signal: v.optional(v.instance(AbortSignal)),
});

export interface CalibrateVariantsOptions {
  /** What `detectBoard()` gives. */
  readonly board: { readonly name: string; readonly power: { readonly value: BoardPower }; readonly thermal: { readonly value: BoardThermal } };
  /** File that the profile is stored in. */
  readonly profile: string;
  /** What `openSensors()` gives, for the temperature; without it only latencies are measured. */
  readonly sensor?: Sensor;
  /** As in `calibrate`. */
  readonly seconds?: number;
  readonly signal?: AbortSignal;
}

/** The profile of this board with the variants of a directory. */
export interface CalibratedVariants {
  readonly profile: BoardProfile;
  /** It was measured now; else it was stored. */
  readonly calibrated: boolean;
  /** Why the stored one could not be used, where there was one. */
  readonly problem?: string;
}

/** Degrees Celsius of the processor by the most trusted reading. */
function celsiusOf(sensor: Sensor): number | undefined {
  const trusted = sensor.read(performance.now() / 1000).filter(({ quantity, trust }) => quantity === 'soc-temperature' && trust >= TRUSTED);
  return trusted.length === 0 ? undefined : trusted.reduce((a, b) => (b.trust > a.trust ? b : a)).value;
}

/**
 * The stored profile where it is of this board and machine and tells a latency of every variant; else calibrates the variants, in 30 s, and stores it.
 * @param directory path or file URL of a directory of variants
 * @throws OptionError for wrong options, DeviceError `storage` when the profile cannot be stored, what `ModelVariants.open` throws, or the signal's reason
 */
export async function calibrateVariants(directory: string | URL, options: CalibrateVariantsOptions): Promise<CalibratedVariants> {
  parseOptions(schema, options, 'calibrateVariants');
  const { board, profile: file, sensor, seconds, signal } = options;
  await using variants = await ModelVariants.open(directory, { threads: 1, ...(signal && { signal }) });
  const models = { kernel: variants.kernel, variants: variants.variants };
  const { profile: stored, problem } = loadProfile(file, board.name, models);
  if (stored !== undefined && problem === undefined && variants.variants.every(({ name }) => measuredLatency(stored, name).length > 0)) return { profile: stored, calibrated: false };

  checkStorable(file);
  const cheapFirst = variants.variants.toSorted((a, b) => a.bytes - b.bytes);
  const profile = await calibrate({
    board: board.name, power: board.power.value, poles: board.thermal.value.poles, variants: cheapFirst, kernel: models.kernel, threads: autoThreads(),
    prepare: async (variant, threads) => {
      await variants.switchTo(cheapFirst[variant]!.name, { threads, ...(signal && { signal }) });
    },
    run: async () => {
      await variants.infer(() => undefined);
    },
    temperature: () => (sensor === undefined ? undefined : celsiusOf(sensor)),
    clock: () => performance.now() / 1000,
    sleep: (time) => new Promise((resolve) => setTimeout(resolve, 1000 * time)),
    ...(seconds !== undefined && { seconds }), ...(signal && { signal }),
  });
  saveProfile(file, profile);
  return { profile, calibrated: true, ...(problem !== undefined && { problem }) };
}
