import type { Reading } from '../types.ts';
import { LEAST_TRUST } from './trust.ts';

/** Kelvin that the model may move while a reading stays the same to the last digit; above the step of a 1 C sensor. */
const STUCK_KELVIN = 1.5;
/** Jump that heat from elsewhere may come or end with. */
const NOISE_KELVIN = 1.1;
/** Rises in a row after which a higher one is believed, and changes after which a step is. */
const BELIEVED = 3;
/** Seconds after which one that fell by more is heard again, for as much more as it fell by. */
const LIE_SECONDS = 600;
/** Steps that thermometers count in; the coarsest is taken until changes by less came again and again. The margin covers what the finest hides. */
const FINEST_STEP = 0.5;
export const COARSEST_STEP = 1;
/** In steps: what no sound thermometer falls by at once, and what more may be hidden by a fall as it counts up, and by what it counts up from. */
const JUMP_STEPS = 1.1;
const HIDDEN_STEPS = JUMP_STEPS + 1.5;
/** Kelvin more than a model within its interval is wrong by, that must follow a fall that is true: soon, and until one that was a lie is heard again. */
const SOON_KELVIN = 3;
const LATER_KELVIN = 10;
/** Seconds between two looks that a fall between them is at once, and in which more follows a true one. */
const AT_ONCE = 30;
const FOLLOWED_SECONDS = 120;
/** Silence after which a jump proves nothing. */
const FORGET_SECONDS = 3600;
const MOST_AGE = 120;
const COLDEST = -40;
const HOTTEST = 125;
/** Trust of a processor's own thermometer, and kelvin that a reading without any trust may be wrong by more than it. */
const SOUND_TRUST = 0.9;
const DISTRUST_KELVIN = 2;
/** Kelvin a second of age. */
const AGE_KELVIN = 0.01;

/** What a reading is judged by. */
export interface Moment {
  /** Monotonic seconds. */
  now: number;
  /** Modelled kelvin above ambient when it was measured. */
  rise: number;
  /** Kelvin that own load may then have added at once, beside the modelled ones. */
  own: number;
  /** Most kelvin a second that its claim can change by. */
  readonly speed: number;
}

/**
 * One sensor of the chip's temperature, judged against the model: what it reads less the modelled rise is the ambient it claims. Ambient, and heat
 * from elsewhere through the poles, change slowly: a claim that falls at once counts as if it had not, until it goes on falling or jumps back, and
 * where it fell by more than any heat and own load end with, it is a lie for a while; one that rises at once by more than own load is believed after
 * three; one that does not move while the model does is stuck until it moves.
 */
export class TemperatureSource {
  /** The ambient it claims, and an upper bound of it. */
  estimate = NaN;
  claim = NaN;
  trusted = false;
  #value = NaN;
  #step = COARSEST_STEP;
  /** Changes by less, and the widest of them. */
  #finer = 0;
  #widest = 0;
  #riseAtChange = 0;
  #believed = NaN;
  /** What own load may have added when it was believed. */
  #own = 0;
  #seenAt = 0;
  #rising = 0;
  #stuck = false;
  #raw = NaN;
  /** Kelvin that it fell by at once, when, and the claim before: as a lie, or in doubt. */
  #fallen = 0;
  #doubted = 0;
  #doubtedAt = 0;
  #before = NaN;

  judge({ value, trust, age }: Reading, { rise, now, own, speed }: Readonly<Moment>): void {
    this.trusted = false;
    if (!(trust >= LEAST_TRUST && age <= MOST_AGE && value > COLDEST && value < HOTTEST)) return;
    if (value !== this.#value) {
      this.#learnStep(Math.abs(value - this.#value));
      this.#value = value;
      this.#riseAtChange = rise;
      this.#stuck = false;
    }
    const raw = value - rise;
    const elapsed = now - this.#seenAt;
    this.#seenAt = now;
    if (Number.isNaN(this.#believed) || elapsed > FORGET_SECONDS) {
      this.#believed = this.#raw = raw;
      this.#fallen = this.#doubted = 0;
    }
    const jump = raw - this.#raw;
    this.#raw = raw;
    this.#stuck ||= Math.abs(rise - this.#riseAtChange) > STUCK_KELVIN;
    if (this.#stuck) return;
    const allowed = NOISE_KELVIN + speed * elapsed;
    const load = own - this.#own;
    if (this.#isLie(raw, jump, allowed + Math.max(0, -load))) return;
    this.#rising = raw > this.#believed + allowed + Math.max(0, load) ? this.#rising + 1 : 0;
    if (this.#rising > 0 && this.#rising < BELIEVED) return;
    this.#doubt(raw, jump, elapsed);
    this.#believed = raw;
    this.#own = own;
    this.#rising = 0;
    this.estimate = raw + this.#doubted;
    // What a coarse sensor does not show, and what it hides where it is stuck and that is not known yet.
    const hidden = HIDDEN_STEPS * (this.#step - FINEST_STEP) + Math.max(0, rise - this.#riseAtChange - this.#step);
    this.claim = this.estimate + hidden + Math.max(0, SOUND_TRUST - trust) * DISTRUST_KELVIN + age * AGE_KELVIN;
    this.trusted = true;
  }

  #learnStep(change: number): void {
    if (!(change < this.#step)) return;
    this.#widest = Math.max(this.#widest, change);
    if (++this.#finer < BELIEVED) return;
    this.#step = Math.max(FINEST_STEP, this.#widest);
    this.#finer = this.#widest = 0;
  }

  /** More than heat ends with: until it jumps back, or for a while. */
  #isLie(raw: number, jump: number, allowed: number): boolean {
    if (this.#fallen > 0) {
      if (jump >= this.#fallen / 2) this.#believed = raw;
      else if (this.#seenAt - this.#doubtedAt < LIE_SECONDS) return true;
      else {
        this.#doubted += this.#before - raw > this.#fallen + LATER_KELVIN ? 0 : this.#fallen;
        this.#believed = raw;
      }
      this.#fallen = 0;
    }
    if (raw >= this.#believed - allowed) return false;
    this.#before = this.#believed;
    this.#fallen = this.#believed - raw;
    this.#doubtedAt = this.#seenAt;
    return true;
  }

  /** Surroundings that cool down, or heat from elsewhere that ends, go on falling; a lie stays where it is until it jumps back. */
  #doubt(raw: number, jump: number, elapsed: number): void {
    const noise = JUMP_STEPS * this.#step;
    if (this.#doubted > 0) {
      const fallen = this.#before - raw;
      const early = this.#seenAt - this.#doubtedAt <= FOLLOWED_SECONDS;
      if (jump > Math.max(noise, this.#doubted / 2) || (early && (fallen < this.#step || fallen > this.#doubted + SOON_KELVIN))) this.#doubted = 0;
    } else if (elapsed <= AT_ONCE && this.#believed - raw > noise) {
      this.#before = this.#believed;
      this.#doubted = this.#believed - raw;
      this.#doubtedAt = this.#seenAt;
    }
  }
}
