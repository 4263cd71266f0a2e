import type { Reading } from '../types.ts';
import { LEAST_TRUST } from './trust.ts';

/** Kelvin that the model may move while a reading stays the same to the last digit; above the step of a 1 C sensor. */
export const STUCK_KELVIN = 1.5;
/** Jump that is taken for noise: at most about the margin, so that what is not noticed does not matter. */
const NOISE_KELVIN = 1.1;
/** Steps up in a row after which a jump is believed. */
const BELIEVED = 3;
/** Silence after which a jump proves nothing. */
const FORGET_SECONDS = 3600;
const MOST_AGE = 120;
const COLDEST = -40;
const HOTTEST = 125;
/** Kelvin that a reading without any trust may be wrong by. */
const DISTRUST_KELVIN = 2;
/** Kelvin a second of age. */
const AGE_KELVIN = 0.01;

/** What a reading is judged by. */
export interface Moment {
  /** Monotonic seconds. */
  now: number;
  /** Modelled kelvin above ambient when it was measured. */
  rise: number;
  /** Most kelvin a second that its claim can change by. */
  readonly speed: number;
}

/**
 * One sensor of the chip's temperature, judged against the model: what it reads less the modelled rise is the ambient it claims. Ambient, and heat
 * from elsewhere through the poles, change slowly: a claim that falls at once is a lie until it jumps back, one that rises at once is believed
 * after three, one that does not move while the model does is stuck until it moves.
 */
export class TemperatureSource {
  /** The ambient it claims, and an upper bound of it. */
  estimate = NaN;
  claim = NaN;
  trusted = false;
  #value = NaN;
  #riseAtChange = 0;
  #believed = NaN;
  #seenAt = 0;
  #rising = 0;
  #stuck = false;
  #raw = NaN;
  /** Kelvin that it fell by at once; it is a lie until about as much comes back at once. */
  #fallen = 0;

  judge({ value, trust, age }: Reading, { rise, now, speed }: Readonly<Moment>): void {
    this.trusted = false;
    if (!(trust >= LEAST_TRUST && age <= MOST_AGE && value > COLDEST && value < HOTTEST)) return;
    if (value !== this.#value) {
      this.#value = value;
      this.#riseAtChange = rise;
      this.#stuck = false;
    }
    const raw = value - rise;
    const elapsed = now - this.#seenAt;
    this.#seenAt = now;
    if (Number.isNaN(this.#believed) || elapsed > FORGET_SECONDS) {
      this.#believed = this.#raw = raw;
      this.#fallen = 0;
    }
    const jump = raw - this.#raw;
    this.#raw = raw;
    this.#stuck ||= Math.abs(rise - this.#riseAtChange) > STUCK_KELVIN;
    if (this.#stuck) return;
    if (this.#fallen > 0 && jump < this.#fallen / 2) return;
    if (this.#fallen > 0) this.#believed = raw;
    this.#fallen = 0;
    const allowed = NOISE_KELVIN + speed * elapsed;
    this.#rising = raw > this.#believed + allowed ? this.#rising + 1 : 0;
    if (raw < this.#believed - allowed) this.#fallen = this.#believed - raw;
    if (this.#fallen > 0 || (this.#rising > 0 && this.#rising < BELIEVED)) return;
    this.#believed = raw;
    this.#rising = 0;
    this.estimate = raw;
    this.claim = raw + (1 - trust) * DISTRUST_KELVIN + age * AGE_KELVIN;
    this.trusted = true;
  }
}
