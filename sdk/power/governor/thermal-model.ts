import { exp } from '../../core/math.ts';
import type { ThermalPole } from '../types.ts';
import type { Slot } from './slot.ts';

/** Half width of the interval of the board's resistances and time constants, as a ratio. */
export const SPREAD = 0.15;
/** 1 + the half width of the interval. */
const WIDE = 1 + SPREAD;

/**
 * The board's poles with every resistance and time constant known to an interval only. A pole is kept as its filtered power y, so that its rise is
 * R y and its change under P watts is (1 - e^(-t/tau)) R (P - y): an upper bound over the interval takes the larger R and the smaller tau where
 * P > y, else the smaller R and the larger tau.
 */
export class ThermalModel {
  readonly poles: readonly ThermalPole[];
  /** Nominal kelvin above ambient. */
  rise = 0;
  /** Filtered power by pole, nominal, and its least over the interval of time constants. */
  readonly #nominal: Float64Array;
  readonly #fast: Float64Array;
  readonly #slow: Float64Array;
  readonly #gains: Float64Array;
  #gainsOf = NaN;

  constructor(poles: readonly ThermalPole[]) {
    this.poles = poles;
    this.#nominal = new Float64Array(poles.length);
    this.#fast = new Float64Array(poles.length);
    this.#slow = new Float64Array(poles.length);
    this.#gains = new Float64Array(3 * poles.length);
  }

  /** The board has been at this power for long. */
  settle(watts: number): void {
    for (const filtered of [this.#nominal, this.#fast, this.#slow]) filtered.fill(watts);
    this.#sum();
  }

  advance({ watts, seconds }: Pick<Slot, 'watts' | 'seconds'>): void {
    const gains = this.#gains;
    if (seconds !== this.#gainsOf) {
      this.poles.forEach(({ seconds: tau }, pole) => {
        gains[3 * pole] = 1 - exp(-seconds / tau);
        gains[3 * pole + 1] = 1 - exp((-seconds * WIDE) / tau);
        gains[3 * pole + 2] = 1 - exp(-seconds / (tau * WIDE));
      });
      this.#gainsOf = seconds;
    }
    for (let pole = 0; pole < this.poles.length; pole++) {
      this.#nominal[pole] = this.#nominal[pole]! + gains[3 * pole]! * (watts - this.#nominal[pole]!);
      this.#fast[pole] = this.#fast[pole]! + gains[3 * pole + 1]! * (watts - this.#fast[pole]!);
      this.#slow[pole] = this.#slow[pole]! + gains[3 * pole + 2]! * (watts - this.#slow[pole]!);
    }
    this.#sum();
  }

  #sum(): void {
    this.rise = 0;
    for (let pole = 0; pole < this.poles.length; pole++) this.rise += this.poles[pole]!.resistance * this.#nominal[pole]!;
  }

  /** Nominal kelvin above ambient after `seconds` at `watts`. */
  riseAfter(watts: number, seconds: number): number {
    return this.poles.reduce((sum, { resistance, seconds: tau }, pole) => sum + resistance * (watts + exp(-seconds / tau) * (this.#nominal[pole]! - watts)), 0);
  }

  /** Least filtered power of a pole over the interval. */
  filtered(pole: number): number {
    return Math.min(this.#fast[pole]!, this.#slow[pole]!);
  }
}

/** From filtered powers on, `watts`; one object, so that no number need be boxed on its way. */
export interface Course {
  readonly from: Float64Array;
  watts: number;
  /** Above the start: what `peak` or `total` found. */
  kelvin: number;
}

/** Gains of all poles at fixed times, at both ends of the interval. */
export class GainTable {
  readonly times: readonly number[];
  readonly #poles: readonly ThermalPole[];
  readonly #up: Float64Array;
  readonly #down: Float64Array;

  constructor(poles: readonly ThermalPole[], times: readonly number[]) {
    this.times = times;
    this.#poles = poles;
    this.#up = Float64Array.from(times.flatMap((time) => poles.map(({ seconds }) => 1 - exp((-time * WIDE) / seconds))));
    this.#down = Float64Array.from(times.flatMap((time) => poles.map(({ seconds }) => 1 - exp(-time / (seconds * WIDE)))));
  }

  /** Most kelvin that a pole changes by from filtered power `from` until time `at` under `watts`. */
  change(pole: number, at: number, from: number, watts: number): number {
    const { resistance } = this.#poles[pole]!;
    const index = at * this.#poles.length + pole;
    const step = watts - from;
    return step > 0 ? this.#up[index]! * resistance * WIDE * step : (this.#down[index]! * resistance * step) / WIDE;
  }

  /** Least filtered power at time `at`. */
  advanced(pole: number, at: number, from: number, watts: number): number {
    const index = at * this.#poles.length + pole;
    return from + (watts > from ? this.#down[index]! : this.#up[index]!) * (watts - from);
  }

  /** Most kelvin above the start at any time up to the last: within a segment each pole is monotone, so its larger end bounds it. */
  peak(course: Course): void {
    const { from, watts } = course;
    let most = 0;
    for (let at = 0; at < this.times.length; at++) {
      let segment = 0;
      for (let pole = 0; pole < this.#poles.length; pole++) {
        const end = this.change(pole, at, from[pole]!, watts);
        const begin = at === 0 ? 0 : this.change(pole, at - 1, from[pole]!, watts);
        segment += Math.max(begin, end);
      }
      if (segment > most) most = segment;
    }
    course.kelvin = most;
  }

  /** Kelvin above the start at time `at`, at most. */
  total(at: number, course: Course): void {
    let sum = 0;
    for (let pole = 0; pole < this.#poles.length; pole++) sum += this.change(pole, at, course.from[pole]!, course.watts);
    course.kelvin = sum;
  }
}
