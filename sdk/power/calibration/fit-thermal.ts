import type { ThermalPole } from '../types.ts';
import { CHI_SQUARE_1, known, noiseOf, type Estimate } from './estimate.ts';
import { leastSquares, type LeastSquares } from './least-squares.ts';
import { decay, prepare, response, type Recording, type ThermalSample } from './thermal-recording.ts';

/** Thermal response fitted to a recording. */
export interface ThermalFit {
  /** One or two poles, the fast one first. */
  readonly poles: readonly ThermalPole[];
  /** K/W of all poles together; undefined where the recording does not tell: it is too short, too flat or too noisy. */
  readonly resistance?: Estimate;
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
/** 95 % of a chi-square distribution with three degrees of freedom: by how much two poles must beat one. */
const CHI_SQUARE_3 = 7.81;

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

class Fitter {
  readonly #recording: Recording;
  readonly #settled: boolean;
  readonly #ones: Float64Array;
  readonly #columns = new Map<number, Float64Array[]>();

  constructor(recording: Recording, settled: boolean) {
    this.#recording = recording;
    this.#settled = settled;
    this.#ones = new Float64Array(recording.samples.length).fill(1);
  }

  #columnsOf(taus: readonly number[]): Float64Array[] {
    return [this.#ones, ...taus.flatMap((tau) => {
      const earlier = this.#columns.get(tau);
      if (earlier !== undefined) return earlier;
      const { samples } = this.#recording;
      const made = [response(samples, tau, this.#settled), ...(this.#settled ? [] : [decay(samples, tau)])];
      this.#columns.set(tau, made);
      return made;
    })];
  }

  /** Indexes of the resistances among the coefficients. */
  #indexes(poles: number): number[] {
    return Array.from({ length: poles }, (_, pole) => 1 + pole * (this.#settled ? 1 : 2));
  }

  try(taus: readonly number[]): Trial | undefined {
    const solution = leastSquares(this.#columnsOf(taus), this.#recording.celsius);
    if (solution === undefined) return undefined;
    const resistances = this.#indexes(taus.length).map((index) => solution.coefficients[index]!);
    return resistances.every((resistance) => resistance > 0) ? { taus, solution, resistances } : undefined;
  }

  noise({ taus, solution }: Trial): ReturnType<typeof noiseOf> {
    return noiseOf(solution.residuals, solution.coefficients.length + taus.length, this.#recording.quantum);
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

/**
 * Fits temperature = ambient + one or two poles driven by the watts, by least squares over a grid of time constants; the intervals come from
 * the profile of the likelihood. A slow pole that the recording is too short for is not seen: `resistance` is then that of the faster part.
 * @param settled the board had been at its first watts for several time constants when the recording began
 * @returns undefined where nothing can be fitted, as `prepare` says
 */
export function fitThermal(recording: readonly ThermalSample[], settled: boolean): ThermalFit | undefined {
  const prepared = prepare(recording);
  if (prepared === undefined) return undefined;
  const fitter = new Fitter(prepared, settled);
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
    const { variance, perIndependent } = fitter.noise(pair);
    if (single.solution.rest - pair.solution.rest > CHI_SQUARE_3 * variance * perIndependent) {
      chosen = pair;
      trials = pairs;
      step = (PAIR_RATIO - 1) / FINE_PAIR_STEPS;
    }
  }

  const { variance, perIndependent } = fitter.noise(chosen);
  const likely = trials.filter(({ solution }) => solution.rest <= chosen.solution.rest + CHI_SQUARE_1 * variance * perIndependent);
  const margins = likely.map((trial) => 2 * fitter.deviation(trial, variance * perIndependent));
  const totals = likely.map(({ resistances }) => sum(resistances));
  // An interval is no finer than the time constants that were tried.
  const resistance = known({
    value: sum(chosen.resistances),
    low: (1 - step) * Math.min(...totals.map((total, index) => total - margins[index]!)),
    high: (1 + step) * Math.max(...totals.map((total, index) => total + margins[index]!)),
  });
  return {
    poles: chosen.taus.map((seconds, pole) => ({ resistance: chosen.resistances[pole]!, seconds })),
    ...(resistance === undefined ? {} : { resistance }),
  };
}
