import type { Situation } from './types.ts';

const HOURS = 24;
const HOUR = 3600;
/** Of what was harvested a day ago, what is counted on. */
const POOR = 0.5;

/** Place of an hour since any moment in the day. */
const inDay = (hour: number): number => ((hour % HOURS) + HOURS) % HOURS;

/** Share of the battery that idling takes until enough is harvested again, by a poorer day than the last one. */
export class NightReserve {
  share = 0;
  /** Mean watts by hour of the last day, NaN before. */
  readonly #harvest = new Float64Array(HOURS).fill(NaN);
  #hour = -1;
  #before = NaN;
  #sum = 0;
  #seconds = 0;

  update(situation: Situation): void {
    const { time, harvest } = situation;
    const hour = Math.floor(time / HOUR);
    const seconds = Number.isNaN(this.#before) ? 0 : time - this.#before;
    this.#before = time;
    if (hour !== this.#hour) {
      if (this.#seconds > 0) this.#harvest[inDay(this.#hour)] = this.#sum / this.#seconds;
      this.#hour = hour;
      this.#sum = this.#seconds = 0;
      this.share = this.#needed(situation);
    }
    if (harvest >= 0) {
      this.#sum += harvest * seconds;
      this.#seconds += seconds;
    }
  }

  #needed({ capacity, leastWatts }: Situation): number {
    let joules = 0;
    for (let step = 0; step < HOURS; step++) {
      const net = leastWatts - POOR * this.#harvest[inDay(this.#hour + step)]!;
      if (!(net > 0)) break;
      joules += net * HOUR;
    }
    return joules / capacity;
  }
}
