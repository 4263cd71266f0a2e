import { OptionError } from '../../core/errors.ts';
import { parseOptions } from '../../core/options.ts';
import type { BoardPower, Reading } from '../types.ts';
import { energyOptionsSchema, type EnergyOptions } from './options.ts';
import { Flaw, PowerSources, Source, SOURCES } from './power-sources.ts';
import { reportOf, type EnergyTotals } from './report.ts';
import type { EnergyReport } from './types.ts';

/** Cores that may be busy while nothing runs: the program around the models. */
const QUIET_CORES = 0.05;

/**
 * Adds up the energy of a board from what its sensors tell, or from a model of the board where they tell nothing that can be trusted. Power is
 * integrated by the trapezoidal rule between samples, counters of energy are subtracted. A sensor that is missing, late, stuck or beyond what the
 * board can draw is left out from that sample on; one that is wrong within these limits cannot be told from a right one. Time in which the board is
 * powered off is not in it. Only reports allocate.
 */
export class EnergyMeter {
  readonly #models: readonly string[];
  readonly #board: BoardPower;
  readonly #cores: number;
  readonly #boardTrust: number;
  readonly #maxStep: number;
  readonly #sources: PowerSources;
  readonly #totals: EnergyTotals;
  readonly #watts = new Float64Array(SOURCES).fill(NaN);
  readonly #counted = new Float64Array(SOURCES).fill(NaN);
  /** Inferences and their core seconds since the last sample, by model. */
  readonly #newInferences: Float64Array;
  readonly #newCores: Float64Array;
  /** Joules since the last sample by source, NaN where one of the two moments lacks it. */
  readonly #measured = new Float64Array(SOURCES);
  /** Time of the last sample, and processor seconds then. */
  readonly #last = new Float64Array(2).fill(NaN);
  /** Since the last sample: seconds, and seconds that cores were busy; and core seconds of inferences that began before it and did not fit in. */
  readonly #step = new Float64Array(3);
  #source: number = Source.model;

  /** @throws OptionError */
  constructor(options: EnergyOptions) {
    const parsed = parseOptions(energyOptionsSchema, options, 'EnergyMeter');
    const { board, cores, models, boardTrust, maxStep } = parsed;
    this.#models = models;
    this.#board = board;
    this.#cores = cores;
    this.#boardTrust = boardTrust;
    this.#maxStep = maxStep;
    this.#sources = new PowerSources(parsed);
    this.#newInferences = new Float64Array(models.length);
    this.#newCores = new Float64Array(models.length);
    const bySource = (): Float64Array => new Float64Array(SOURCES);
    this.#totals = {
      seconds: bySource(), joules: bySource(), quietSeconds: bySource(), quietJoules: bySource(), busySeconds: bySource(), trustSeconds: bySource(),
      coreSeconds: new Float64Array(models.length * SOURCES), inferences: new Float64Array(models.length), gapSeconds: new Float64Array(1),
    };
  }

  /**
   * A finished inference; it counts with the time up to the next sample.
   * @param model index of the model
   * @param coreSeconds its latency times its threads
   * @throws OptionError `unknown-model`, or `invalid-option` for core seconds that are not finite or below 0
   */
  count(model: number, coreSeconds: number): void {
    if (this.#models[model] === undefined) throw new OptionError('unknown-model', `EnergyMeter.count: no model ${model}; allowed: 0 to ${this.#models.length - 1}`);
    if (!(coreSeconds >= 0 && coreSeconds < Infinity)) throw new OptionError('invalid-option', `EnergyMeter.count: ${coreSeconds} core seconds; allowed: 0 and more`);
    this.#newInferences[model]! += 1;
    this.#newCores[model]! += coreSeconds;
  }

  /**
   * Accounts for the time since the last sample. Time that runs backwards and steps longer than `maxStep` are gaps: they count nowhere.
   * @param now monotonic seconds
   */
  sample(now: number, readings: readonly Reading[]): void {
    const step = now - this.#last[0]!;
    if (step === 0 || !Number.isFinite(now)) return;
    let inferring = 0;
    for (let model = 0; model < this.#newCores.length; model++) inferring += this.#newCores[model]!;
    let cpu = NaN;
    for (let at = 0; at < readings.length; at++) if (readings[at]!.quantity === 'cpu-time') cpu = readings[at]!.value;
    const used = cpu - this.#last[1]!;
    const done = used >= 0 ? used : inferring + this.#step[2]!;
    const busy = Math.min(done, this.#cores * Math.max(step, 0));
    const isCounted = step > 0 && step <= this.#maxStep;
    const { moment } = this.#sources;
    moment[0] = now;
    moment[1] = step > 0 ? busy / step : NaN;
    this.#sources.update(readings);
    this.#step[0] = step;
    this.#step[1] = busy;
    // Threads beyond the cores must not pile up.
    this.#step[2] = isCounted && !(used >= 0) ? Math.min(done - busy, this.#cores * this.#maxStep) : 0;
    // Without processor time an inference that is still running looks quiet.
    if (isCounted) this.#account(inferring === 0 && used <= QUIET_CORES * step);
    else if (step > 0) this.#totals.gapSeconds[0]! += step;
    this.#newInferences.fill(0);
    this.#newCores.fill(0);
    this.#watts.set(this.#sources.watts);
    this.#counted.set(this.#sources.counted);
    this.#last[0] = now;
    this.#last[1] = cpu;
  }

  report(): EnergyReport {
    return reportOf(this.#totals, this.#models, this.#board, this.#boardTrust, this.#source, this.#sources.flaws);
  }

  /** Starts anew, e.g. each day. */
  reset(): void {
    for (const total of Object.values(this.#totals) as Float64Array[]) total.fill(0);
  }

  #account(quiet: boolean): void {
    const step = this.#step[0]!;
    const busy = this.#step[1]!;
    let source: number = Source.model;
    let joules = this.#board.idle * step + this.#board.core * busy;
    let trust = this.#boardTrust;
    for (let candidate = 0; candidate < Source.model; candidate++) {
      this.#measure(candidate);
      if (this.#measured[candidate]! >= 0 && this.#sources.trust[candidate]! > trust) {
        source = candidate;
        joules = this.#measured[candidate]!;
        trust = this.#sources.trust[candidate]!;
      }
    }
    this.#source = source;
    const { seconds, joules: total, quietSeconds, quietJoules, busySeconds, trustSeconds, coreSeconds, inferences } = this.#totals;
    seconds[source]! += step;
    total[source]! += joules;
    trustSeconds[source]! += trust * step;
    busySeconds[source]! += busy;
    if (quiet) {
      quietSeconds[source]! += step;
      quietJoules[source]! += joules;
    }
    for (let model = 0; model < inferences.length; model++) {
      inferences[model]! += this.#newInferences[model]!;
      coreSeconds[model * SOURCES + source]! += this.#newCores[model]!;
    }
  }

  #measure(source: number): void {
    const { counted, watts, offsets, range, flaws } = this.#sources;
    const step = this.#step[0]!;
    const difference = counted[source]! - this.#counted[source]!;
    if (Number.isNaN(difference)) {
      this.#measured[source] = 0.5 * (this.#watts[source]! + watts[source]!) * step;
      return;
    }
    const joules = difference + offsets[source]! * step;
    const isPlausible = joules >= range[0]! * step && joules <= range[1]! * step;
    this.#measured[source] = isPlausible ? joules : NaN;
    if (!isPlausible) flaws[source] = Flaw.implausible;
  }
}
