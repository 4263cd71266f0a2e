import { exp } from '../../core/math.ts';
import { departureLeft, MIXING } from '../motion.ts';
import type { MotionMemory } from './memory.ts';
import type { Slot } from './slot.ts';

const DAY = 86_400;
const HOURS = 24;
/** Share of time with motion that is taken before any was seen. */
export const USUAL_MOTION = 0.3;
/** Seconds of watching that this is worth, and that the mean of the day is worth against what is known of an hour. */
const PRIOR_SECONDS = 2 * 3600;
const MEAN_SECONDS = 300;
/** Seconds over which what was seen of late fades, and how much more it counts than what was seen at this hour. */
const RECENT_SECONDS = 2400;
const RECENT = 2;
/** What a day ago counts against today. */
const FADED = 0.7;
/** How much of the next slot is like the last one. */
const PERSISTENCE = 0.9;
const LEAST = 0.005;

const asShare = (value: number): number => Math.max(0, Math.min(1, value));

/**
 * Motion and weight of the slot to come: mostly those of the last one, and a little of what is usual at this hour, counted from any moment.
 * A board that powers off while nothing moves watches longer where something does; so what is usual is learnt from what each look did not
 * foretell of the next, which is right on average whenever the board chose to look.
 */
export class ExpectedMotion {
  motion = USUAL_MOTION;
  weight = 1;
  /** Usual at this hour, by what was seen of late and on other days. */
  usual = USUAL_MOTION;
  /** Mean of all hours. */
  mean = USUAL_MOTION;
  last = USUAL_MOTION;
  #looked = NaN;
  #since = NaN;
  /** Shares of motion's departure from the usual, and of what was seen of late, that are left after so many seconds. */
  #left = NaN;
  #faded = NaN;
  #hour = -1;
  #recentSeconds = 0;
  #recentMoving = 0;
  readonly #seconds = new Float64Array(HOURS);
  readonly #moving = new Float64Array(HOURS);

  get memory(): MotionMemory {
    const looked = Number.isNaN(this.#looked) ? null : this.#looked;
    return {
      usual: this.usual, last: this.last, looked, hour: this.#hour, recentSeconds: this.#recentSeconds, recentMoving: this.#recentMoving,
      seconds: [...this.#seconds], moving: [...this.#moving],
    };
  }

  /** Goes on from what another one learnt. */
  recall({ usual, last, looked, hour, recentSeconds, recentMoving, seconds, moving }: MotionMemory): void {
    this.motion = this.usual = usual;
    this.last = last;
    this.#looked = looked ?? NaN;
    this.#hour = hour;
    this.#recentSeconds = recentSeconds;
    this.#recentMoving = recentMoving;
    this.#seconds.set(seconds);
    this.#moving.set(moving);
    this.mean = this.#meanOfDay();
  }

  update({ motion, weight, time }: Pick<Slot, 'motion' | 'weight' | 'time'>): void {
    const hour = Math.floor(((((time % DAY) + DAY) % DAY) * HOURS) / DAY);
    if (hour !== this.#hour) this.#enter(hour);
    if (motion >= 0 && motion <= 1) {
      const since = time - this.#looked;
      if (since > 0) this.#learn(hour, since, motion);
      this.#looked = time;
      this.last = motion;
      this.motion = Math.max(LEAST, PERSISTENCE * motion + (1 - PERSISTENCE) * this.usual);
    } else {
      this.motion = this.usual;
    }
    this.weight = weight >= 0 && weight < Infinity && motion > 0 ? PERSISTENCE * weight + (1 - PERSISTENCE) : 1;
  }

  /** From what is known of late, of the hour and its neighbours, and of all hours. */
  #learn(hour: number, since: number, motion: number): void {
    if (since !== this.#since) {
      this.#since = since;
      this.#left = departureLeft(since);
      this.#faded = exp(-since / RECENT_SECONDS);
    }
    const told = MIXING * (1 - this.#left);
    const toldMoving = MIXING * (motion - this.#left * this.last);
    this.#recentSeconds = this.#faded * this.#recentSeconds + told;
    this.#recentMoving = this.#faded * this.#recentMoving + toldMoving;
    this.#seconds[hour] = this.#seconds[hour]! + told;
    this.#moving[hour] = this.#moving[hour]! + toldMoving;
    let seconds = MEAN_SECONDS + RECENT * this.#recentSeconds;
    let moving = MEAN_SECONDS * this.mean + RECENT * this.#recentMoving;
    for (let step = -1; step <= 1; step++) {
      const near = (hour + step + HOURS) % HOURS;
      const share = step === 0 ? 1 : 0.5;
      seconds += share * this.#seconds[near]!;
      moving += share * this.#moving[near]!;
    }
    this.usual = asShare(moving / seconds);
  }

  #enter(hour: number): void {
    this.#hour = hour;
    this.mean = this.#meanOfDay();
    this.#seconds[hour] = FADED * this.#seconds[hour]!;
    this.#moving[hour] = FADED * this.#moving[hour]!;
  }

  #meanOfDay(): number {
    let sum = USUAL_MOTION * PRIOR_SECONDS;
    let weight = PRIOR_SECONDS;
    for (let each = 0; each < HOURS; each++) {
      const seconds = this.#seconds[each]!;
      if (seconds === 0) continue;
      sum += (DAY / HOURS) * asShare(this.#moving[each]! / seconds);
      weight += DAY / HOURS;
    }
    return sum / weight;
  }
}
