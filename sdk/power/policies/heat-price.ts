import type { Situation } from './types.ts';

/** Seconds over which what the limit refused is remembered. */
const MEMORY = 300;
/** Share of it that a joule costs before the limit is reached: part of its heat is gone by then. */
const SHARE = 0.4;

/**
 * Price of a joule for the heat it leaves: the worth a joule that staying below the thermal limit cost of late, an estimate of the limit's
 * multiplier in the program of the offline bound that needs no model.
 */
export class HeatPrice {
  /** Worth a joule. */
  price = 0;
  #time = NaN;

  /** @param chosen the best allowed candidate */
  learn({ worth, watts, tooHot, time }: Situation, chosen: number): void {
    let steepest = 0;
    for (let row = 0; row < tooHot.length; row++) {
      const more = watts[row]! - watts[chosen]!;
      if (tooHot[row] === 1 && more > 0) steepest = Math.max(steepest, (worth[row]! - worth[chosen]!) / more);
    }
    const seconds = time - this.#time;
    this.#time = time;
    if (seconds > 0) this.price += (seconds / (seconds + MEMORY)) * (SHARE * steepest - this.price);
  }
}
