import { NightReserve } from './night-reserve.ts';
import type { Situation } from './types.ts';

/** Price, in the best worth a joule of a board that stays on, of an empty battery; a full one's is 0, and between them it falls in proportion. */
const EMPTY = 0.9;
/** On mains: pace-to-idle at next to no loss of worth. */
const MAINS = 0.05;
/** Share of the battery above its reserve from which the price rises faster. */
const SCARCE = 0.1;
/** Share below which only what costs least is worth its energy. */
const LAST = 0.04;
const EXHAUSTED = 1e6;
/** What is harvested is lost else. */
const FULL = 0.985;

/**
 * Price of energy in worth a joule: small and constant on mains; on a battery in proportion to what it lacks, the drift-plus-penalty form that
 * needs no forecast of what is harvested (Huang and Neely, arXiv 1012.1945, section IV), and more where the charge nears its reserve or is
 * less than twice what a poor day takes.
 */
export class EnergyPrice {
  /** Worth a joule. */
  price = 0;
  readonly reserve = new NightReserve();

  update(situation: Situation): void {
    const { charge, capacity, yield: most } = situation;
    if (capacity === 0) this.price = MAINS * most;
    else if (Number.isNaN(charge)) this.price = EMPTY * most;
    else {
      this.reserve.update(situation);
      const spare = charge - this.reserve.share;
      const scarce = Math.max(1, SCARCE / spare);
      if (charge > FULL) this.price = 0;
      else if (spare < LAST || charge < LAST) this.price = EXHAUSTED * most;
      else this.price = EMPTY * most * (1 - charge) * scarce * scarce * (1 + this.#poorDay(charge));
    }
  }

  /** From 0 where the battery holds twice what a poor day takes at its worst, to 1 where it holds no more than that. */
  #poorDay(charge: number): number {
    return Math.max(0, Math.min(1, 2 - charge / this.reserve.dayShare));
  }
}
