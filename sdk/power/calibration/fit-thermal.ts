import { exp } from '../../core/math.ts';
import type { ThermalPole } from '../types.ts';
import { leastSquares } from './least-squares.ts';
import type { LeastSquares } from './least-squares.ts';

/** A temperature, and the watts drawn from then on until the next sample. */
export interface ThermalSample {
  readonly seconds: number;
  readonly celsius: number;
  readonly watts: number;
}

/** A fitted value with the interval that holds it at 95 % confidence. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Thermal response fitted to a recording. */
export interface ThermalFit {
  /** One or two poles, the fast one first. */
  readonly poles: readonly ThermalPole[];
  /** K/W of all poles together; undefined where the recording does not tell: it is too short, too flat or too noisy. */
  readonly resistance?: Estimate;
  /** J/K that the first seconds heat; undefined where the recording does not tell. */
  readonly capacity?: Estimate;
  /** Degrees Celsius. */
  readonly ambient: number;
  /** Root mean square of what is left unexplained, in kelvin. */
  readonly rms: number;
}

/** Time constants that are tried: 2 s to about 5000 s. */
const FASTEST = 2;
const SLOWEST = 5000;
const RATIO = 1.1;
const PAIR_RATIO = 1.3;
/** Steps to each side in which the neighbourhood of the best ones is tried again. */
const FINE_STEPS = 10;
const FINE_PAIR_STEPS = 4;
/** Least ratio of the two time constants of a pair. */
const PAIR_APART = 3;
/** Longer recordings are averaged down to so many. */
const MAX_SAMPLES = 200;
/** 95 % of a chi-square distribution with one degree of freedom; by how much two poles must beat one (three degrees). */
const CHI_SQUARE_1 = 3.84;
const CHI_SQUARE_3 = 7.81;
/** Widest interval, as a share of the value to each side, that counts as known. */
const KNOWN = 0.3;
/** Least rise and fall, in kelvin. */
const LEAST_KELVIN = 2;

/** What a single choice of time constants gives. */
interface Trial {
  readonly taus: readonly number[];
  readonly solution: LeastSquares;
  readonly resistances: readonly number[];
}

function grid(ratio: number): number[] {
  const taus = [];
  for (let tau = FASTEST; tau <= SLOWEST; tau *= ratio) taus.push(tau);
  return taus;
}

/** Time constants around one, up to the neighbours in its grid. */
function around(tau: number, ratio: number, steps: number): number[] {
  return Array.from({ length: 2 * steps + 1 }, (_, step) => tau * (1 + (ratio - 1) * (step / steps - 1)));
}

/** Power through a pole of 1 K/W: exact for watts that are constant between samples. `settled`: it was at its first watts for long. */
function response(samples: readonly ThermalSample[], tau: number, settled: boolean): Float64Array {
  const column = new Float64Array(samples.length);
  column[0] = settled ? samples[0]!.watts : 0;
  for (let index = 1; index < samples.length; index++) {
    const before = samples[index - 1]!;
    column[index] = column[index - 1]! + (1 - exp((before.seconds - samples[index]!.seconds) / tau)) * (before.watts - column[index - 1]!);
  }
  return column;
}

function decay(samples: readonly ThermalSample[], tau: number): Float64Array {
  return Float64Array.from(samples, ({ seconds }) => exp((samples[0]!.seconds - seconds) / tau));
}

/** Distance between neighbouring values of the sensor. */
function quantumOf(celsius: Float64Array): number {
  const sorted = celsius.toSorted();
  let least = Infinity;
  for (let index = 1; index < sorted.length; index++) {
    const gap = sorted[index]! - sorted[index - 1]!;
    if (gap > 1e-9) least = Math.min(least, gap);
  }
  return least;
}

class Fitter {
  readonly #samples: readonly ThermalSample[];
  readonly #settled: boolean;
  readonly celsius: Float64Array;
  readonly #ones: Float64Array;
  readonly #columns = new Map<number, Float64Array[]>();

  constructor(samples: readonly ThermalSample[], settled: boolean) {
    this.#samples = samples;
    this.#settled = settled;
    this.celsius = Float64Array.from(samples, ({ celsius }) => celsius);
    this.#ones = new Float64Array(samples.length).fill(1);
  }

  #columnsOf(taus: readonly number[]): Float64Array[] {
    return [this.#ones, ...taus.flatMap((tau) => {
      const known = this.#columns.get(tau);
      if (known !== undefined) return known;
      const made = [response(this.#samples, tau, this.#settled), ...(this.#settled ? [] : [decay(this.#samples, tau)])];
      this.#columns.set(tau, made);
      return made;
    })];
  }

  /** Indexes of the resistances among the coefficients. */
  #indexes(poles: number): number[] {
    return Array.from({ length: poles }, (_, pole) => 1 + pole * (this.#settled ? 1 : 2));
  }

  try(taus: readonly number[]): Trial | undefined {
    const solution = leastSquares(this.#columnsOf(taus), this.celsius);
    if (solution === undefined) return undefined;
    const resistances = this.#indexes(taus.length).map((index) => solution.coefficients[index]!);
    return resistances.every((resistance) => resistance > 0) ? { taus, solution, resistances } : undefined;
  }

  /** Variance of one residual, and how many samples stand for an independent one (first-order autocorrelation). */
  noise({ taus, solution }: Trial, quantum: number): { readonly variance: number; readonly perIndependent: number } {
    const columns = this.#columnsOf(taus);
    const residuals = this.celsius.map((value, index) => value - columns.reduce((sum, column, which) => sum + solution.coefficients[which]! * column[index]!, 0));
    const count = residuals.length;
    const free = Math.max(1, count - columns.length - taus.length);
    const variance = Math.max(solution.rest / free, quantum * quantum / 12);
    let product = 0;
    for (let index = 1; index < count; index++) product += residuals[index]! * residuals[index - 1]!;
    const correlation = Math.min(0.99, Math.max(0, solution.rest > 0 ? product / solution.rest : 0));
    return { variance, perIndependent: (1 + correlation) / (1 - correlation) };
  }

  /** Standard deviation of the sum of the resistances. */
  deviation({ taus, solution }: Trial, variance: number): number {
    const indexes = this.#indexes(taus.length);
    return Math.sqrt(Math.max(0, variance * indexes.reduce((sum, i) => sum + indexes.reduce((row, j) => row + solution.inverse[i]![j]!, 0), 0)));
  }
}

function best(trials: readonly Trial[]): Trial | undefined {
  return trials.length === 0 ? undefined : trials.reduce((a, b) => (b.solution.rest < a.solution.rest ? b : a));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Joules per kelvin that the first seconds heat: the slope is watts times the sum of R / tau. */
function capacityOf({ taus, resistances }: Trial): number {
  return 1 / sum(resistances.map((resistance, pole) => resistance / taus[pole]!));
}

/** @param step of the time constants that were tried: an interval is no finer */
function known(value: number, least: number, most: number, step: number): Estimate | undefined {
  const low = least * (1 - step);
  const high = most * (1 + step);
  return low >= value * (1 - KNOWN) && high <= value * (1 + KNOWN) ? { value, low, high } : undefined;
}

/** At most MAX_SAMPLES: means of neighbours, each with the mean watts until the next. */
function thin(samples: readonly ThermalSample[]): readonly ThermalSample[] {
  const size = Math.ceil(samples.length / MAX_SAMPLES);
  if (size <= 1) return samples;
  let used = 0;
  const joules = samples.map(({ seconds, watts }, index) => {
    const before = used;
    used += watts * ((samples[index + 1]?.seconds ?? seconds) - seconds);
    return before;
  });
  const means = Array.from({ length: Math.ceil(samples.length / size) }, (_, group) => {
    const [from, to] = [group * size, Math.min((group + 1) * size, samples.length)];
    const mean = (value: (index: number) => number): number => sum(Array.from({ length: to - from }, (_unused, index) => value(from + index))) / (to - from);
    return { seconds: mean((index) => samples[index]!.seconds), celsius: mean((index) => samples[index]!.celsius), joules: mean((index) => joules[index]!) };
  });
  return means.map(({ seconds, celsius, joules: before }, index) => {
    const next = means[index + 1];
    return { seconds, celsius, watts: next === undefined ? samples.at(-1)!.watts : (next.joules - before) / (next.seconds - seconds) };
  });
}

/**
 * Fits temperature = ambient + one or two poles driven by the watts, by least squares over a grid of time constants; the intervals come from
 * the profile of the likelihood. A slow pole that the recording is too short for is not seen: `resistance` is then that of the faster part.
 * @param settled the board had been at its first watts for several time constants when the recording began
 * @returns undefined where nothing can be fitted: fewer than 10 samples, constant watts, or less than 2 K and 2 steps of the sensor of movement
 */
export function fitThermal(recording: readonly ThermalSample[], settled: boolean): ThermalFit | undefined {
  const valid = recording.filter(({ seconds, celsius, watts }) => Number.isFinite(seconds + celsius + watts));
  if (valid.length < 10 || valid.every(({ watts }) => watts === valid[0]!.watts)) return undefined;
  const samples = thin(valid);
  const fitter = new Fitter(samples, settled);
  const quantum = quantumOf(Float64Array.from(valid, ({ celsius }) => celsius));
  const span = fitter.celsius.reduce((a, b) => Math.max(a, b)) - fitter.celsius.reduce((a, b) => Math.min(a, b));
  if (!(span >= Math.max(LEAST_KELVIN, Math.min(2 * quantum, span)))) return undefined;

  const tried = (taus: readonly number[][]): Trial[] => taus.map((each) => fitter.try(each)).filter((trial) => trial !== undefined);
  const refined = (coarse: readonly Trial[], finer: (taus: readonly number[]) => number[][]): Trial[] => {
    const found = best(coarse);
    return found === undefined ? [] : [...coarse, ...tried(finer(found.taus))];
  };
  const singles = refined(tried(grid(RATIO).map((tau) => [tau])), ([tau]) => around(tau!, RATIO, FINE_STEPS).map((each) => [each]));
  const pairGrid = grid(PAIR_RATIO);
  const pairs = refined(
    tried(pairGrid.flatMap((fast) => pairGrid.filter((slow) => slow >= PAIR_APART * fast).map((slow) => [fast, slow]))),
    ([fast, slow]) => around(fast!, PAIR_RATIO, FINE_PAIR_STEPS).flatMap((first) => around(slow!, PAIR_RATIO, FINE_PAIR_STEPS).map((second) => [first, second])),
  );
  const single = best(singles);
  const pair = best(pairs);
  if (single === undefined) return undefined;
  let chosen = single;
  let trials = singles;
  let step = (RATIO - 1) / FINE_STEPS;
  if (pair !== undefined) {
    const { variance, perIndependent } = fitter.noise(pair, quantum);
    if (single.solution.rest - pair.solution.rest > CHI_SQUARE_3 * variance * perIndependent) {
      chosen = pair;
      trials = pairs;
      step = (PAIR_RATIO - 1) / FINE_PAIR_STEPS;
    }
  }

  const { variance, perIndependent } = fitter.noise(chosen, quantum);
  const likely = trials.filter(({ solution }) => solution.rest <= chosen.solution.rest + CHI_SQUARE_1 * variance * perIndependent);
  const margins = likely.map((trial) => 2 * fitter.deviation(trial, variance * perIndependent));
  const totals = likely.map(({ resistances }) => sum(resistances));
  const resistance = known(
    sum(chosen.resistances), Math.min(...totals.map((total, index) => total - margins[index]!)), Math.max(...totals.map((total, index) => total + margins[index]!)), step,
  );
  const capacities = likely.map((trial, index) => ({ value: capacityOf(trial), share: margins[index]! / totals[index]! }));
  const capacity = known(
    capacityOf(chosen), Math.min(...capacities.map(({ value, share }) => value / (1 + share))), Math.max(...capacities.map(({ value, share }) => value * (1 + share))), step,
  );
  return {
    poles: chosen.taus.map((seconds, pole) => ({ resistance: chosen.resistances[pole]!, seconds })),
    ...(resistance === undefined ? {} : { resistance }),
    ...(capacity === undefined ? {} : { capacity }),
    ambient: chosen.solution.coefficients[0]!,
    rms: Math.sqrt(chosen.solution.rest / samples.length),
  };
}
