import type { Situation } from './types.ts';

const HOURS = 24;
const HOUR = 3600;
/** Of what was harvested a day ago, what is counted on. */
const POOR = 0.5;

/** Place of an hour since any moment in the day. */
const inDay = (hour: number): number => ((hour % HOURS) + HOURS) % HOURS;

/** What idling takes from the battery on a poorer day than the last one. */
export class NightReserve {
  /** Share of the battery until enough is harvested again. */
  share = 0;
  /** Share of it at the worst moment of the 24 hours to come. */
  dayShare = 0;
  /** Mean watts by hour of the last day, NaN before. */
  readonly #harvest = new Float64Array(HOURS).fill(NaN);
  #hour = -1;
  #before = NaN;
  #sum = 0;
  #seconds = 0;

  /** Mean watts harvested by hour of the last day, null where unknown. */
  get harvest(): (number | null)[] {
    return Array.from(this.#harvest, (watts) => (Number.isNaN(watts) ? null : watts));
  }

  /** Goes on from what another one saw; what is no harvest of a day is left out. */
  recall(harvest: unknown): void {
    if (!Array.isArray(harvest) || harvest.length !== HOURS) return;
    harvest.forEach((watts: unknown, hour) => { this.#harvest[hour] = typeof watts === 'number' && watts >= 0 ? watts : NaN; });
  }

  update(situation: Situation): void {
    const { time, harvest } = situation;
    const hour = Math.floor(time / HOUR);
    const seconds = Number.isNaN(this.#before) ? 0 : time - this.#before;
    this.#before = time;
    if (hour !== this.#hour) {
      if (this.#seconds > 0) this.#harvest[inDay(this.#hour)] = this.#sum / this.#seconds;
      this.#hour = hour;
      this.#sum = this.#seconds = 0;
      this.#look(situation);
    }
    if (harvest >= 0) {
      this.#sum += harvest * seconds;
      this.#seconds += seconds;
    }
  }

  #look({ capacity, leastWatts }: Situation): void {
    let joules = 0;
    let night = NaN;
    let most = 0;
    for (let step = 0; step < HOURS; step++) {
      const net = leastWatts - POOR * this.#harvest[inDay(this.#hour + step)]!;
      if (!(net > 0) && Number.isNaN(night)) night = joules;
      if (Number.isNaN(net)) break;
      joules += net * HOUR;
      most = Math.max(most, joules);
    }
    this.share = (Number.isNaN(night) ? joules : night) / capacity;
    this.dayShare = most / capacity;
  }
}
