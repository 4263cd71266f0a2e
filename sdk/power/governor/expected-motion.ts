import type { Slot } from './slot.ts';

const DAY = 86_400;
const HOURS = 24;
/** Share of time with motion that is taken before any was seen. */
export const USUAL_MOTION = 0.3;
/** Seconds of observation that this is worth. */
const PRIOR_SECONDS = 2 * 3600;
/** Seconds over which what was usual of late is learnt, and how many of them weigh as much as what is known of the hour. */
const RECENT_SECONDS = 3600;
/** What a day ago counts against today. */
const FADED = 0.7;
/** A gap in what was seen, as of a board that was powered off, counts as this much at most. */
const MOST_SECONDS = 60;
/** How much of the next slot is like the last one. */
const PERSISTENCE = 0.9;
const LEAST = 0.005;

/** Motion and weight of the slot to come: mostly those of the last one, and a little of what is usual at this hour, counted from any moment. */
export class ExpectedMotion {
  motion = USUAL_MOTION;
  weight = 1;
  /** Usual at this hour, by what was seen of late and on other days. */
  usual = USUAL_MOTION;
  /** Mean of all hours. */
  mean = USUAL_MOTION;
  last = USUAL_MOTION;
  #recent = USUAL_MOTION;
  #hour = -1;
  readonly #seconds = new Float64Array(HOURS);
  readonly #moving = new Float64Array(HOURS);

  update({ motion, weight, seconds, time }: Pick<Slot, 'motion' | 'weight' | 'seconds' | 'time'>): void {
    const hour = Math.floor(((((time % DAY) + DAY) % DAY) * HOURS) / DAY);
    if (hour !== this.#hour) this.#enter(hour);
    if (motion >= 0 && motion <= 1) {
      const counted = Math.min(seconds, MOST_SECONDS);
      this.last = motion;
      this.#recent += (seconds / (seconds + RECENT_SECONDS)) * (motion - this.#recent);
      this.#seconds[hour] = this.#seconds[hour]! + counted;
      this.#moving[hour] = this.#moving[hour]! + counted * motion;
      this.#learn(hour);
      this.motion = Math.max(LEAST, PERSISTENCE * motion + (1 - PERSISTENCE) * this.usual);
    } else {
      this.motion = this.usual;
    }
    this.weight = weight >= 0 && motion > 0 ? PERSISTENCE * weight + (1 - PERSISTENCE) : 1;
  }

  /** From what is known of the hour and its neighbours, with what was usual of late as a prior. */
  #learn(hour: number): void {
    let seconds = 2 * RECENT_SECONDS;
    let moving = seconds * this.#recent;
    for (let step = -1; step <= 1; step++) {
      const near = (hour + step + HOURS) % HOURS;
      const share = step === 0 ? 1 : 0.5;
      seconds += share * this.#seconds[near]!;
      moving += share * this.#moving[near]!;
    }
    this.usual = moving / seconds;
  }

  #enter(hour: number): void {
    this.#hour = hour;
    let sum = USUAL_MOTION * PRIOR_SECONDS;
    let weight = PRIOR_SECONDS;
    for (let each = 0; each < HOURS; each++) {
      const seconds = this.#seconds[each]!;
      if (seconds === 0) continue;
      sum += (DAY / HOURS) * (this.#moving[each]! / seconds);
      weight += DAY / HOURS;
    }
    this.mean = sum / weight;
    this.#seconds[hour] = FADED * this.#seconds[hour]!;
    this.#moving[hour] = FADED * this.#moving[hour]!;
  }
}
