import type { BoardThermal, Reading } from '../types.ts';
import { STUCK_KELVIN, TemperatureSource } from './temperature-source.ts';
import { ThermalModel } from './thermal-model.ts';
import { LEAST_TRUST } from './trust.ts';

/** Kelvin a second that the bound of ambient falls by at most: longer than what a late sensor hides. */
const FALL = 0.5 / 60;
/** Kelvin a second that it rises to the stated maximum by while no temperature is trusted. */
const LOST = 1 / 60;
const MEAN_SECONDS = 30;
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
  readonly spread: number;
  readonly maxAmbient: number;
  readonly idleWatts: number;
  readonly busiestWatts: number;
  readonly unmodelledHeat: number;
}

/** Upper bounds of ambient (heat from elsewhere included) and of the chip's temperature, from all readings and the model. */
export class ThermalState {
  readonly model: ThermalModel;
  /** Degrees Celsius. */
  ambient: number;
  temperature: number;
  /** Mean of what is claimed: no bound. */
  meanAmbient: number;
  /** Temperatures trusted in the last slot. */
  trusted = 0;
  readonly #options: ThermalStateOptions;
  readonly #speed: number;
  readonly #sources = new Map<string, TemperatureSource>();
  readonly #times = new Float64Array(HISTORY).fill(-Infinity);
  readonly #rises = new Float64Array(HISTORY);
  #next = 0;
  #started = false;
  #lost = 0;
  /** Kelvin added for what a stuck sensor may have hidden. */
  #hidden = 0;

  constructor(options: ThermalStateOptions) {
    const { thermal, spread, unmodelledHeat, busiestWatts, idleWatts, maxAmbient } = options;
    this.#options = options;
    this.model = new ThermalModel(thermal.poles, spread);
    this.model.settle(idleWatts);
    this.#speed = thermal.poles.reduce((sum, { resistance, seconds }) => sum + resistance / seconds, 0) * (unmodelledHeat + spread) * busiestWatts;
    this.ambient = maxAmbient;
    this.temperature = maxAmbient;
    this.meanAmbient = maxAmbient;
  }

  /** @param watts of the slot that ended; `seconds` long */
  update(readings: readonly Reading[], now: number, seconds: number, watts: number, slowdown: number): void {
    if (seconds > 0) this.model.advance(watts, seconds);
    const { rise } = this.model;
    this.#times[this.#next] = now;
    this.#rises[this.#next] = rise;
    this.#next = (this.#next + 1) % HISTORY;
    this.#fuse(readings, now, seconds);
    this.temperature = this.ambient + rise;
    if (this.#throttled(readings, slowdown) && this.temperature < this.#options.thermal.limit) {
      this.temperature = this.#options.thermal.limit;
      this.ambient = this.temperature - rise;
      this.meanAmbient = this.ambient;
    }
  }

  /** A lost signal leaves the bound where it was, and what a stuck sensor hid; then it rises to the stated maximum. */
  #fuse(readings: readonly Reading[], now: number, seconds: number): void {
    let claim = -Infinity;
    let sum = 0;
    const before = this.trusted;
    this.trusted = 0;
    for (const reading of readings) {
      if (reading.quantity !== 'soc-temperature') continue;
      let source = this.#sources.get(reading.source);
      if (!source) this.#sources.set(reading.source, source = new TemperatureSource());
      source.judge(reading, this.#riseAt(now - reading.age), now, this.#speed);
      if (!source.trusted) continue;
      this.trusted++;
      sum += source.estimate;
      if (source.claim > claim) claim = source.claim;
    }
    this.#lost = this.trusted > 0 ? 0 : this.#lost + seconds;
    if (this.trusted > 0) {
      this.ambient = this.#started ? Math.max(claim, this.ambient - this.#hidden - FALL * seconds) : claim;
      this.#hidden = 0;
      const mean = sum / this.trusted;
      this.meanAmbient = this.#started ? this.meanAmbient + (seconds / (seconds + MEAN_SECONDS)) * (mean - this.meanAmbient) : mean;
      this.#started = true;
    } else {
      if (before > 0) this.ambient += this.#hidden = STUCK_KELVIN;
      this.ambient = Math.max(this.ambient, Math.min(this.#options.maxAmbient, this.ambient + LOST * seconds));
      this.meanAmbient = this.ambient;
    }
  }

  #riseAt(time: number): number {
    let index = this.#next;
    for (let step = 0; step < HISTORY; step++) {
      index = (index + HISTORY - 1) % HISTORY;
      if (this.#times[index]! <= time) return this.#rises[index]!;
      if (this.#times[(index + HISTORY - 1) % HISTORY] === -Infinity) return this.#rises[index]!;
    }
    return this.#rises[this.#next]!;
  }

  /** A flag against two trusted temperatures, or against one and the observed speed, is a lie. */
  #throttled(readings: readonly Reading[], slowdown: number): boolean {
    const cool = this.temperature < this.#options.thermal.limit - FLAG_KELVIN;
    for (const { quantity, value, trust, age } of readings) {
      if ((quantity !== 'throttled' && quantity !== 'soft-limited') || !(value > 0) || trust < LEAST_TRUST || age > FLAG_AGE) continue;
      if (!cool || this.trusted === 0 || (this.trusted === 1 && slowdown > CONFIRMED_SLOWDOWN)) return true;
    }
    return this.#lost > LOST_SECONDS && slowdown > HOT_SLOWDOWN;
  }
}
