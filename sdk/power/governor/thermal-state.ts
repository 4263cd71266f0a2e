import type { BoardThermal, Reading } from '../types.ts';
import type { Slot } from './slot.ts';
import type { Slowdown } from './slowdown.ts';
import { COARSEST_STEP, TemperatureSource, type Moment } from './temperature-source.ts';
import { SPREAD, ThermalModel } from './thermal-model.ts';
import { LEAST_TRUST } from './trust.ts';

/** Most heat from elsewhere (sun, video decoder), as a ratio of the busiest candidate's power. */
export const UNMODELLED_HEAT = 0.3;
/** Kelvin a second that the bound of ambient falls by at most: longer than what a late sensor hides. */
const FALL = 0.5 / 60;
/** Kelvin a second that it rises to the stated maximum by while no temperature is trusted. */
const LOST = 1 / 60;
const MEAN_SECONDS = 30;
/** Kelvin that the chip is above its package by within a second from idle to the busiest power, which no pole has: assumed. */
const OWN_KELVIN = 4;
const HISTORY = 128;
/** A throttle flag this far below the limit needs the latency to confirm it. */
const FLAG_KELVIN = 12;
const FLAG_AGE = 30;
const CONFIRMED_SLOWDOWN = 1.15;
/** Slow-down that is taken for heat where no temperature has been trusted for LOST_SECONDS. */
const HOT_SLOWDOWN = 1.3;
const LOST_SECONDS = 60;

export interface ThermalStateOptions {
  readonly thermal: BoardThermal;
  readonly maxAmbient: number;
  readonly idleWatts: number;
  readonly busiestWatts: number;
}

/** Upper bounds of ambient (heat from elsewhere included) and of the chip's temperature, from all readings and the model. */
export class ThermalState {
  readonly model: ThermalModel;
  /** Degrees Celsius. */
  ambient = NaN;
  temperature = NaN;
  /** Mean of what is claimed: no bound. */
  meanAmbient = NaN;
  /** Temperatures trusted in the last slot. */
  trusted = 0;
  readonly #options: ThermalStateOptions;
  readonly #moment: Moment;
  readonly #sources = new Map<string, TemperatureSource>();
  readonly #times = new Float64Array(HISTORY).fill(-Infinity);
  readonly #rises = new Float64Array(HISTORY);
  readonly #owns = new Float64Array(HISTORY);
  #next = 0;
  #started = false;
  #lost = 0;
  /** Kelvin added for what a stuck sensor may have hidden. */
  #hidden = 0;

  constructor(options: ThermalStateOptions) {
    const { thermal, busiestWatts, idleWatts, maxAmbient } = options;
    this.#options = options;
    this.model = new ThermalModel(thermal.poles);
    this.model.settle(idleWatts);
    this.#moment = { now: 0, rise: 0, own: 0, speed: thermal.poles.reduce((sum, { resistance, seconds }) => sum + resistance / seconds, 0) * (UNMODELLED_HEAT + SPREAD) * busiestWatts };
    this.ambient = maxAmbient;
    this.temperature = maxAmbient;
    this.meanAmbient = maxAmbient;
  }

  /** Goes on from the bound of another one, as after a signal that was lost for so many seconds. */
  recall(ambient: number, seconds: number): void {
    const { maxAmbient } = this.#options;
    this.ambient = this.temperature = this.meanAmbient = Math.min(maxAmbient, ambient + LOST * seconds);
  }

  update(readings: readonly Reading[], slot: Slot, slowdown: Slowdown): void {
    if (slot.seconds > 0) this.model.advance(slot);
    const { rise } = this.model;
    this.#moment.now = slot.time;
    this.#times[this.#next] = slot.time;
    this.#rises[this.#next] = rise;
    const { idleWatts, busiestWatts } = this.#options;
    this.#owns[this.#next] = OWN_KELVIN * Math.max(0, Math.min(1, (slot.watts - idleWatts) / (busiestWatts || 1)));
    this.#next = (this.#next + 1) % HISTORY;
    this.#fuse(readings, slot);
    this.temperature = this.ambient + rise;
    if (this.#throttled(readings, slowdown) && this.temperature < this.#options.thermal.limit) {
      this.temperature = this.#options.thermal.limit;
      this.ambient = this.temperature - rise;
      this.meanAmbient = this.ambient;
    }
  }

  /** A lost signal leaves the bound where it was, and what a stuck sensor hid; then it rises to the stated maximum. */
  #fuse(readings: readonly Reading[], { seconds }: Slot): void {
    let claim = -Infinity;
    let sum = 0;
    const before = this.trusted;
    this.trusted = 0;
    for (const reading of readings) {
      if (reading.quantity !== 'soc-temperature') continue;
      let source = this.#sources.get(reading.source);
      if (!source) this.#sources.set(reading.source, source = new TemperatureSource());
      this.#lookBack(reading);
      source.judge(reading, this.#moment);
      if (!source.trusted) continue;
      this.trusted++;
      sum += source.estimate;
      if (source.claim > claim) claim = source.claim;
    }
    if (this.trusted > 0) {
      const mean = sum / this.trusted;
      if (this.#started) {
        this.ambient = Math.max(claim, this.ambient - this.#hidden - FALL * seconds);
        this.meanAmbient += (seconds / (seconds + MEAN_SECONDS)) * (mean - this.meanAmbient);
      } else {
        this.ambient = claim;
        this.meanAmbient = mean;
      }
      this.#lost = 0;
      this.#hidden = 0;
      this.#started = true;
    } else {
      this.#lost += seconds;
      if (before > 0) this.ambient += this.#hidden = COARSEST_STEP;
      const { maxAmbient } = this.#options;
      this.ambient = this.ambient > maxAmbient
        ? Math.max(maxAmbient, this.ambient - FALL * seconds)
        : Math.min(maxAmbient, this.ambient + LOST * seconds);
      this.meanAmbient = this.ambient;
    }
  }

  /** Rise and own load when it was measured, or the oldest known. */
  #lookBack({ age }: Reading): void {
    const time = this.#moment.now - age;
    let index = this.#next;
    for (let step = 0; step < HISTORY; step++) {
      index = (index + HISTORY - 1) % HISTORY;
      if (this.#times[index]! <= time || this.#times[(index + HISTORY - 1) % HISTORY] === -Infinity) break;
    }
    this.#moment.rise = this.#rises[index]!;
    this.#moment.own = this.#owns[index]!;
  }

  /** A flag against two trusted temperatures, or against one and the observed speed, is a lie. */
  #throttled(readings: readonly Reading[], { mean: slowdown }: Slowdown): boolean {
    const cool = this.temperature < this.#options.thermal.limit - FLAG_KELVIN;
    for (const { quantity, value, trust, age } of readings) {
      if ((quantity !== 'throttled' && quantity !== 'soft-limited') || !(value > 0) || trust < LEAST_TRUST || age > FLAG_AGE) continue;
      if (!cool || this.trusted === 0 || (this.trusted === 1 && slowdown > CONFIRMED_SLOWDOWN)) return true;
    }
    return this.#lost > LOST_SECONDS && slowdown > HOT_SLOWDOWN;
  }
}
