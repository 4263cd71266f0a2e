import { exp, log } from '../../../core/math.ts';
import { settledRise } from '../../thermal.ts';
import type { Candidate } from '../../types.ts';
import { LEAKAGE_CELSIUS, LEAKAGE_GROWTH } from '../plant.ts';
import { reachable } from '../reachable.ts';
import type { Scenario } from '../scenario.ts';
import type { World } from '../world.ts';
import { hullOf, slopesOf, type HullPoint } from './hull.ts';

const PRICES = 56;
/** Share of a slot's worth by which leaving out segments may raise it: their energy goes to the steeper one before them. */
const MERGED = 2e-4;

/** Most worth of a slot of the program by its energy: `worth` at `least` joules, then `price` a joule for `joules`, prices falling. */
export interface Frontier {
  readonly least: number;
  readonly worth: number;
  readonly segments: readonly { readonly price: number; readonly joules: number }[];
}

/** How much steeper or flatter than the prices a segment may be to be told from others. */
const NEAR = 1.3;

/** The frontier with what is steeper than these prices, and what is flatter, in one segment each, tangent where it meets the rest: nowhere below it. */
export function nearPrices({ least, worth, segments }: Frontier, low: number, high: number): Frontier {
  const steep = segments.filter(({ price }) => price > NEAR * high);
  const flat = segments.filter(({ price }) => price < low / NEAR);
  const joulesOf = (merged: Frontier['segments']): number => merged.reduce((sum, { joules }) => sum + joules, 0);
  const price = steep.at(-1)?.price ?? 0;
  return {
    least,
    worth: worth + steep.reduce((sum, each) => sum + (each.price - price) * each.joules, 0),
    segments: [
      ...(steep.length > 0 ? [{ price, joules: joulesOf(steep) }] : []),
      ...segments.slice(steep.length, segments.length - flat.length),
      ...(flat.length > 0 ? [{ price: flat[0]!.price, joules: joulesOf(flat) }] : []),
    ],
  };
}

/** Watts of the board that it never goes below. */
export function leastWatts({ power, wake }: Scenario): number {
  return wake ? Math.min(power.off, power.idle) : power.idle;
}

/** Watts of a core at full clock at the lowest temperature that a slot may begin with. */
function leastCoreWatts(scenario: Scenario, { ambient }: World, slot: number): number {
  const { power, thermal } = scenario;
  const before = ambient[Math.max(0, slot - 1)]! + settledRise(thermal.poles, leastWatts(scenario));
  return power.core + power.leakage * LEAKAGE_GROWTH * (before - LEAKAGE_CELSIUS);
}

/** Worth and cost, at each price, of the best that a board that is on can do in a slot. */
class SlotValue {
  readonly #hull: readonly HullPoint[];
  readonly #slopes: readonly number[];

  constructor(hull: readonly HullPoint[]) {
    this.#hull = hull;
    this.#slopes = slopesOf(hull);
  }

  /** Adds max over the hull of `gain * seen - price * watts * cores` to `to`, where that is more than is there. */
  raise(prices: Float64Array, gain: number, watts: number, share: number, to: Float64Array): void {
    if (gain <= 0 || share <= 0) return;
    let at = this.#hull.length - 1;
    for (let price = 0; price < prices.length; price++) {
      const cost = prices[price]! * watts;
      while (at > 0 && this.#slopes[at - 1]! * gain <= cost) at--;
      to[price] = Math.max(to[price]!, share * (gain * this.#hull[at]!.seen - cost * this.#hull[at]!.cores));
    }
  }
}

/** Geometric prices a joule, from below the flattest to above the steepest slope that any slot has; 0 first. */
function pricesFor(slopes: readonly number[], watts: readonly [number, number], gains: readonly [number, number]): Float64Array {
  const from = log(0.9 * slopes.at(-1)! * gains[0] / watts[1]);
  const to = log(1.1 * slopes[0]! * gains[1] / watts[0]);
  return Float64Array.from({ length: PRICES }, (_, index) => (index === 0 ? 0 : exp(from + (to - from) * (index - 1) / (PRICES - 2))));
}

/** Outer polygon of a concave function given its conjugate at rising prices. */
function polygon(prices: Float64Array, conjugate: Float64Array, least: number): Frontier {
  const segments: { price: number; joules: number }[] = [];
  let energy = least;
  const last = prices.length - 1;
  let spare = MERGED * conjugate[0]!;
  for (let price = last; price > 0; price--) {
    const end = (conjugate[price - 1]! - conjugate[price]!) / (prices[price]! - prices[price - 1]!);
    if (end <= energy) continue;
    const joules = end - energy;
    const excess = segments.length > 0 ? (segments.at(-1)!.price - prices[price]!) * joules : Infinity;
    if (excess <= spare) {
      segments.at(-1)!.joules += joules;
      spare -= excess;
    } else segments.push({ price: prices[price]!, joules });
    energy = end;
  }
  return { least, worth: conjugate[last]! + prices[last]! * least, segments };
}

/** Frontiers of the slots of the program in turn, each of `slotsOfPoint` control slots; with a wake source they are no longer than it is powered off. */
export function* frontiersOf(scenario: Scenario, world: World, candidates: readonly Candidate[], slotsOfPoint: number): Generator<Frontier> {
  const { power, worth: { dwell, scan }, wake } = scenario;
  const { motion, weight, slotSeconds } = world;
  const hull = hullOf(candidates, dwell);
  const value = new SlotValue(hull);
  const core = Float64Array.from(motion, (_, slot) => leastCoreWatts(scenario, world, slot));
  const heaviest = weight.reduce((most, each) => Math.max(most, each), 1);
  const lightest = motion.reduce((least, each, slot) => (each > 0 ? Math.min(least, each * weight[slot]!) : least), 1);
  const bounds = core.reduce<[number, number]>(([low, high], each) => [Math.min(low, each), Math.max(high, each)], [Infinity, 0]);
  const prices = pricesFor(slopesOf(hull), bounds, [Math.min(lightest, scan > 0 ? scan : 1), heaviest]);
  const window = new OnWindow(prices, slotsOfPoint);
  const boot = wake ? Math.ceil(wake.boot / slotSeconds) : 0;
  const on = Array.from({ length: slotsOfPoint }, () => new Float64Array(prices.length));
  for (let first = 0; first < world.slots; first += slotsOfPoint) {
    const count = Math.min(slotsOfPoint, world.slots - first);
    for (let index = 0; index < count; index++) {
      const slot = first + index;
      const moves = motion[slot]!;
      const values = on[index]!.fill(0);
      if (!reachable(scenario, world, slot)) continue;
      value.raise(prices, weight[slot]!, core[slot]!, moves, values);
      value.raise(prices, moves * weight[slot]! + scan * (1 - moves), core[slot]!, 1, values);
    }
    const coolest = core.subarray(first, first + count).reduce((least, each) => Math.min(least, each), Infinity);
    const conjugate = new Float64Array(prices.length);
    for (let price = 0; price < prices.length; price++) {
      let sum = 0;
      if (wake) sum = window.best(on, price, count, { idle: power.idle, off: power.off, starting: power.idle + coolest, boot });
      else for (let index = 0; index < count; index++) sum += on[index]![price]! - prices[price]! * power.idle;
      conjugate[price] = sum * slotSeconds;
    }
    yield polygon(prices, conjugate, leastWatts(scenario) * count * slotSeconds);
  }
}

/**
 * Best slot of the program with a wake source. As nothing is shorter off, the board is on in at most one run of slots;
 * what is off before it ends with starting; what is off after it may start later.
 */
class OnWindow {
  readonly #prices: Float64Array;
  readonly #rest: Float64Array;

  constructor(prices: Float64Array, slots: number) {
    this.#prices = prices;
    this.#rest = new Float64Array(slots + 1);
  }

  best(on: readonly Float64Array[], at: number, slots: number, watts: { idle: number; off: number; starting: number; boot: number }): number {
    const price = this.#prices[at]!;
    const rest = this.#rest;
    rest[slots] = 0;
    for (let slot = slots - 1; slot >= 0; slot--) rest[slot] = Math.max(on[slot]![at]! - price * watts.idle + rest[slot + 1]!, -price * watts.off * (slots - slot));
    let best = rest[0]!;
    for (let begin = 1; begin < slots; begin++) {
      const starting = Math.min(begin, watts.boot);
      best = Math.max(best, rest[begin]! - price * (watts.off * (begin - starting) + watts.starting * starting));
    }
    return best;
  }
}
