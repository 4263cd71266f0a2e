import { exp, log } from '../../core/math.ts';
import type { Situation } from './types.ts';

/** Prices looked at. */
export const PRICES = 64;
/** Weights of events that stand for their distribution. */
const WEIGHTS = [0.5, 0.8, 1.1, 1.6];

/** Ratio of the highest price, twice the steepest worth a joule, to the lowest. */
const RANGE = 2e5;

/** What is spent above idle, and what it is worth, at each of a ladder of prices, in a second with motion and in one without. */
export class Demand {
  /** Rising, in worth a joule. */
  readonly prices = new Float64Array(PRICES);
  readonly moving = new Float64Array(PRICES);
  readonly movingWorth = new Float64Array(PRICES);
  readonly still = new Float64Array(PRICES);
  readonly stillWorth = new Float64Array(PRICES);

  constructor({ candidates, steepest, seen, scan }: Situation) {
    const working = candidates.flatMap(({ rate, energy, variant, off, gated }, row) => (variant >= 0 && off === 0 ? [{ watts: rate * energy, worth: seen[row]!, gated }] : []));
    const lowest = (2 * steepest) / RANGE;
    for (let index = 0; index < PRICES; index++) {
      const price = lowest * exp((log(RANGE) * index) / (PRICES - 1));
      const best = (weight: number, among: typeof working): typeof working[number] => among.reduce(
        (most, option) => (weight * option.worth - price * option.watts > weight * most.worth - price * most.watts ? option : most), { watts: 0, worth: 0, gated: true },
      );
      const looking = best(scan, working.filter(({ gated }) => !gated));
      this.prices[index] = price;
      this.still[index] = looking.watts;
      this.stillWorth[index] = scan * looking.worth;
      for (const weight of WEIGHTS) {
        const chosen = best(weight, working);
        this.moving[index] = this.moving[index]! + chosen.watts / WEIGHTS.length;
        this.movingWorth[index] = this.movingWorth[index]! + (weight * chosen.worth) / WEIGHTS.length;
      }
    }
  }
}
