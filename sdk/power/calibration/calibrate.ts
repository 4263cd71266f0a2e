import * as v from 'valibot';
import { thisMachine } from '../../core/machine.ts';
import { parseOptions } from '../../core/options.ts';
import type { BoardPower, ThermalPole } from '../types.ts';
import { adaptPoles } from './adapt-poles.ts';
import { profiledVariant } from './profile.ts';
import type { BoardProfile, ProfiledModels } from './profile.ts';
import type { ThermalSample } from './thermal-recording.ts';

/** Share of the time that the board is left idle first, and up to which latencies are measured. */
const IDLE_SHARE = 0.15;
const LATENCY_SHARE = 0.6;
const IDLE_STEP = 0.25;
/** Seconds of runs after which timers, input and the signal have their turn, and between two samples of the same load. */
const TURN_SECONDS = 0.05;
const SAMPLE_SECONDS = 0.02;
const MAX_RUNS = 15;
const MAX_SECONDS = 30;
const MAX_THREADS = 64;

const number = v.pipe(v.number(), v.finite());

/** Of programs in JavaScript: what CalibrationOptions asks for. */
const schema = v.strictObject({
  board: v.string(),
  power: v.object({ idle: number, core: number }),
  poles: v.array(v.object({ resistance: number, seconds: number })),
  variants: v.pipe(v.array(v.union([v.string(), profiledVariant])), v.minLength(1)),
  kernel: v.optional(v.string()),
  threads: v.pipe(number, v.minValue(1), v.maxValue(MAX_THREADS)),
  prepare: v.optional(v.function()),
  run: v.function(),
  temperature: v.function(),
  clock: v.function(),
  sleep: v.function(),
  seconds: v.optional(v.pipe(v.number(), v.gtValue(0), v.maxValue(MAX_SECONDS)), MAX_SECONDS),
  settled: v.optional(v.boolean(), false),
  signal: v.optional(v.instance(AbortSignal)),
});

/** What calibration needs to know and to do. */
export interface CalibrationOptions {
  /** Name of the board, and what is assumed of it so far. */
  readonly board: string;
  readonly power: BoardPower;
  readonly poles: readonly ThermalPole[];
  /** Names of the variants, from cheap to dear; with the hashes of their files, such as those of a manifest, the profile is for these files only. */
  readonly variants: readonly (string | NonNullable<ProfiledModels['variants']>[number])[];
  /** Kernel module in use, `model.kernel`: the profile is for this one only. */
  readonly kernel?: string;
  /** Most threads: 1 to 64. */
  readonly threads: number;
  /** Makes a variant ready on so many threads, before its runs; this time is none of theirs. */
  prepare?(variant: number, threads: number): Promise<void>;
  /** One inference; without a promise it holds up the event loop for as long as it takes, and other work has its turn in between. */
  run(variant: number, threads: number): Promise<void> | void;
  /** Degrees Celsius of the processor; undefined where there is no trusted one. */
  temperature(): number | undefined;
  /** Monotonic seconds. */
  clock(): number;
  /** Lets timers and input have their turn, also for 0 s. */
  sleep(seconds: number): Promise<void>;
  /** Seconds it may take, 30 at most and by default; a run that has begun is waited for. */
  readonly seconds?: number;
  /** The board had been idle for several minutes before. False by default: then the heat it holds is fitted as well. */
  readonly settled?: boolean;
  readonly signal?: AbortSignal;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Runs the variants and keeps a record of watts and temperature on the way. */
class Recorder {
  readonly samples: ThermalSample[] = [];
  readonly #options: CalibrationOptions;
  readonly #started: number;
  #turn = 0;
  #sampled = -Infinity;
  #load = NaN;
  #unreadable = false;
  #ready = '';

  constructor(options: CalibrationOptions) {
    this.#options = options;
    this.#started = options.clock();
  }

  get elapsed(): number {
    return this.#options.clock() - this.#started;
  }

  #sample(threads: number): void {
    const seconds = this.elapsed;
    if (threads === this.#load && seconds - this.#sampled < SAMPLE_SECONDS) return;
    this.#load = threads;
    this.#sampled = seconds;
    const { power } = this.#options;
    const celsius = this.#options.temperature();
    if (celsius === undefined) return;
    if (!Number.isFinite(celsius)) this.#unreadable = true;
    else this.samples.push({ seconds, celsius, watts: power.idle + threads * power.core });
  }

  /** Why there is not one temperature. */
  get missing(): string {
    return this.#unreadable ? 'the thermometer gives no numbers' : 'there is no trusted temperature';
  }

  async #sleep(seconds: number): Promise<void> {
    await this.#options.sleep(seconds);
    this.#turn = this.elapsed;
  }

  async idle(seconds: number): Promise<void> {
    while (this.elapsed < seconds) {
      this.#options.signal?.throwIfAborted();
      this.#sample(0);
      await this.#sleep(Math.min(IDLE_STEP, seconds - this.elapsed));
    }
  }

  /** Seconds of one inference. */
  async run(variant: number, threads: number): Promise<number> {
    if (this.elapsed - this.#turn >= TURN_SECONDS) await this.#sleep(0);
    this.#options.signal?.throwIfAborted();
    const pair = `${variant} ${threads}`;
    if (pair !== this.#ready) await this.#options.prepare?.(variant, threads);
    this.#ready = pair;
    this.#sample(threads);
    const begun = this.elapsed;
    await this.#options.run(variant, threads);
    return this.elapsed - begun;
  }

  end(): void {
    this.#sample(0);
  }
}

/**
 * Calibrates a board within 30 s: idle first, then the median latency of each variant with each number of threads, then the dearest variant on
 * all threads for the rest, while the temperature is recorded. One thread comes first; what there was no time for is left out.
 * @throws OptionError for wrong options; what `run` throws
 */
export async function calibrate(options: CalibrationOptions): Promise<BoardProfile> {
  const { board, poles, variants: given, kernel, threads, seconds, settled } = parseOptions(schema, options, 'calibrate');
  const variants = given.map((variant) => (typeof variant === 'string' ? { variant } : { variant: variant.name, sha256: variant.sha256 }));
  const recorder = new Recorder(options);
  await recorder.idle(seconds * IDLE_SHARE);

  const until = seconds * LATENCY_SHARE;
  const pairs = Array.from({ length: threads }, (_, index) => variants.map((_variant, variant) => ({ variant, threads: index + 1 }))).flat();
  const latencies: BoardProfile['latencies'] = [];
  for (const [index, pair] of pairs.entries()) {
    // The first run after a change fills caches and wakes threads: it tells only how long one takes.
    const expected = index === 0 || recorder.elapsed < until ? await recorder.run(pair.variant, pair.threads) : Infinity;
    const share = (until - recorder.elapsed) / (pairs.length - index);
    const runs = Math.max(1, Math.min(MAX_RUNS, Math.floor(share / expected)));
    const times: number[] = [];
    while (times.length < runs && recorder.elapsed + expected <= seconds) times.push(await recorder.run(pair.variant, pair.threads));
    if (times.length > 0) latencies.push({ ...variants[pair.variant]!, threads: pair.threads, seconds: median(times), runs: times.length });
  }

  const dearest = { variant: variants.length - 1, threads: Math.floor(threads) };
  let last = latencies.find((entry) => entry.variant === variants[dearest.variant]!.variant && entry.threads === dearest.threads)?.seconds ?? Infinity;
  while (recorder.elapsed + last <= seconds) last = Math.max(await recorder.run(dearest.variant, dearest.threads), 1e-3);
  recorder.end();

  const { poles: adapted, note, ...fitted } = adaptPoles(poles, recorder.samples, settled);
  return {
    format: 'halfbyte-board-profile',
    version: 2,
    board,
    machine: thisMachine(),
    ...(kernel === undefined ? {} : { kernel }),
    latencies,
    poles: adapted.map((pole) => ({ ...pole })),
    ...fitted,
    thermalNote: recorder.samples.length === 0 ? `${recorder.missing}; the poles are those of the board` : note,
  };
}
