import { exp } from '../../core/math.ts';
import { boardWatts } from '../candidates.ts';
import type { Policy, Situation } from '../policies/types.ts';
import type { Candidate } from '../types.ts';
import type { Binding } from './explain.ts';
import { ExpectedMotion, USUAL_MOTION } from './expected-motion.ts';
import type { GovernorSettings } from './options.ts';
import { prune } from './prune.ts';
import type { Slowdown } from './slowdown.ts';

/** Temperature from which leakage adds to the calibrated power (C). */
export const LEAKAGE_FROM = 50;
/** Charge below which the minimum rate is given up. */
const RESERVE = 0.1;

/** What a refusal is called, by its number. */
const BINDINGS: readonly (Binding | undefined)[] = [undefined, 'thermal', 'deadline', 'minimum rate'];
/** Why a candidate may not be chosen. */
const enum Refused { No, Thermal, Deadline, Rate }

/** Candidates by rising power, with their power and worth at the present motion and which of them are allowed; all made once. */
export class CandidateTable {
  readonly situation: Situation;
  /** Index in the candidates given of each row. */
  readonly order: readonly number[];
  /** Watts of the board at full motion and the leakage of the limit. */
  readonly busy: Float64Array;
  readonly busiest: number;
  /** Watts above idle that are taken at all times (below 0 while powered off), and those taken while something moves. */
  readonly always: Float64Array;
  readonly follows: Float64Array;
  /** Row that stays on and does nothing. */
  readonly idle: number;
  readonly #settings: GovernorSettings;
  /** Accuracy times the share of events seen. */
  readonly #seen: Float64Array;
  readonly #refused: Uint8Array;

  constructor(settings: GovernorSettings) {
    const { candidates, worth, board: { power, thermal }, minimumRate, leakage } = settings;
    const leak = 1 + leakage * Math.max(0, thermal.limit - LEAKAGE_FROM);
    const wattsOf = (candidate: Candidate): number => power.idle + (boardWatts(candidate, 1, power) - power.idle) * (candidate.off > 0 ? 1 : leak);
    this.#settings = settings;
    this.order = prune(candidates, worth, minimumRate).sort((a, b) => wattsOf(candidates[a]!) - wattsOf(candidates[b]!) || candidates[a]!.rate - candidates[b]!.rate || a - b);
    const sorted = this.order.map((index) => candidates[index]!);
    this.busy = Float64Array.from(sorted, wattsOf);
    this.busiest = this.busy.at(-1)!;
    this.idle = sorted.findIndex(({ variant, off }) => variant < 0 && off === 0);
    this.#seen = Float64Array.from(sorted, ({ variant, off, accuracy, rate }) => (variant < 0 || off > 0 ? 0 : accuracy * (1 - exp(-rate * worth.dwell))));
    this.always = Float64Array.from(sorted, (candidate) => boardWatts(candidate, 0, power) - power.idle);
    this.follows = Float64Array.from(sorted, (candidate, row) => boardWatts(candidate, 1, power) - power.idle - this.always[row]!);
    this.#refused = new Uint8Array(sorted.length);
    const mostWorth = sorted.reduce((best, { gated }, row) => (this.#seen[row]! > this.#seen[best]! || (this.#seen[row] === this.#seen[best] && !gated) ? row : best), 0);
    this.situation = {
      candidates: sorted,
      allowed: new Uint8Array(sorted.length),
      tooHot: new Uint8Array(sorted.length),
      watts: new Float64Array(sorted.length),
      worth: new Float64Array(sorted.length),
      yield: 0,
      mostWorth,
      seen: this.#seen,
      scan: worth.scan,
      leastWatts: sorted.reduce((least, candidate) => Math.min(least, boardWatts(candidate, 0, power)), power.idle),
      motion: USUAL_MOTION,
      usualMotion: USUAL_MOTION,
      time: 0,
      charge: NaN,
      capacity: 0,
      harvest: NaN,
      slack: 0,
      current: this.idle,
    };
    this.value(new ExpectedMotion());
  }

  /** Power and worth of all rows at the motion and weight expected, and the most worth a joule at the mean motion. */
  value({ motion, weight, mean }: Readonly<ExpectedMotion>): void {
    const { situation } = this;
    const { candidates, watts, worth, scan } = situation;
    const { idle } = this.#settings.board.power;
    let most = 0;
    for (let row = 0; row < watts.length; row++) {
      const seen = this.#seen[row]!;
      const always = this.always[row]!;
      const follows = this.follows[row]!;
      const still = candidates[row]!.gated ? 0 : scan;
      watts[row] = always + follows * motion;
      worth[row] = seen * (motion * weight + still * (1 - motion));
      if (always >= 0) most = Math.max(most, (seen * (mean + still * (1 - mean))) / (idle + always + follows * mean));
    }
    situation.yield = most;
  }

  /** Allows rows up to `highest` that keep the deadline and, where any of those does, the minimum rate; where none does, the fastest keeps it, late. */
  allow(highest: number, slowdown: Slowdown): void {
    const { candidates, allowed, tooHot, charge } = this.situation;
    const { deadline, minimumRate } = this.#settings;
    const rated = minimumRate > 0 && !(charge < RESERVE);
    let kept = false;
    let fastest = -1;
    for (let row = 0; row < candidates.length; row++) {
      const { variant, rate, latency, off } = candidates[row]!;
      const works = variant >= 0 && off === 0;
      const late = works && slowdown.percentile95(latency) > Math.min(deadline, 1 / rate);
      this.#refused[row] = row > highest ? Refused.Thermal : late ? Refused.Deadline : Refused.No;
      tooHot[row] = row > highest && !late ? 1 : 0;
      if (!works || rate < minimumRate) continue;
      if (this.#refused[row] === 0) kept = true;
      else if (row <= highest && (fastest < 0 || latency < candidates[fastest]!.latency)) fastest = row;
    }
    if (rated && !kept && fastest >= 0) {
      this.#refused[fastest] = Refused.No;
      kept = true;
    }
    const floor = rated && kept;
    for (let row = 0; row < candidates.length; row++) {
      const { variant, rate, off } = candidates[row]!;
      if (floor && this.#refused[row] === 0 && !(variant >= 0 && off === 0 && rate >= minimumRate)) this.#refused[row] = Refused.Rate;
      allowed[row] = this.#refused[row] === 0 ? 1 : 0;
    }
  }

  /** What keeps row `chosen` from being the best of all at this price, and at no price. */
  binding(chosen: number, { price, heatPrice = 0 }: Pick<Policy, 'price' | 'heatPrice'>, held: boolean): Binding {
    const { watts, worth, allowed } = this.situation;
    let best = chosen;
    let permitted = chosen;
    let most = chosen;
    let cool = chosen;
    const energy = price - heatPrice;
    for (let row = 0; row < worth.length; row++) {
      const score = worth[row]! - price * watts[row]!;
      if (score > worth[best]! - price * watts[best]!) best = row;
      if (allowed[row] === 1 && score > worth[permitted]! - price * watts[permitted]!) permitted = row;
      if (allowed[row] === 1 && worth[row]! - energy * watts[row]! > worth[cool]! - energy * watts[cool]!) cool = row;
      if (worth[row]! > worth[most]!) most = row;
    }
    const lost = worth[best]! - price * watts[best]! > worth[permitted]! - price * watts[permitted]!;
    const refused = lost ? BINDINGS[this.#refused[best]!] : undefined;
    if (refused) return refused;
    if (held) return 'dwell';
    if (most === chosen) return 'none';
    if (heatPrice > 0 && cool > chosen) return 'thermal';
    return price === 0 ? 'policy' : 'energy';
  }
}
