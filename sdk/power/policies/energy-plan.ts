import { BIN_SECONDS, BINS, DayProfile } from './day-profile.ts';
import { Demand, PRICES } from './demand.ts';
import type { Situation } from './types.ts';

const USUAL_MOTION = 0.3;
const HORIZON_BINS = 72;
/** Of what a battery is charged with, what is stored. */
const EFFICIENCY = 0.85;
/** Shares of the battery: what the plan keeps, what it ends with. */
const KEPT = 0.08;
const END = 0.4;
/** Harvest of a board that is new, over what idling needs. */
const SIZED = 1.3;
/** Share of idle power that is not worth saving until the charge is low: it is worth most of all inferences. */
const SPARED = 0.03;
const LOW = 0.15;
const FULL = 0.985;
/** Hours for which today's weather is taken to last. */
const WEATHER_BINS = 8;
const WEATHER_SECONDS = 3 * 3600;

/**
 * The one price at which the charge, planned from the usual day, first meets neither end of the battery: were it met empty the price is too low,
 * full, too high. It is the first piece of the offline optimum, whose price changes only where the battery is full or empty.
 */
export class EnergyPlan {
  readonly #demand: Demand;
  readonly #harvest = new DayProfile();
  readonly #motion = new DayProfile();
  /** Highest price while the charge is not low. */
  readonly #dearest: number;
  #before = NaN;
  /** Today's harvest against the usual one. */
  #weather = 1;

  constructor(situation: Situation) {
    this.#demand = new Demand(situation);
    let index = PRICES - 1;
    while (index > 0 && this.#demand.moving[index]! * USUAL_MOTION < SPARED * situation.idle) index--;
    this.#dearest = index;
  }

  /** Learns from the slot that ended. */
  observe({ time, charge, harvest, motion }: Situation): void {
    const seconds = Number.isNaN(this.#before) ? 0 : time - this.#before;
    this.#before = time;
    if (!(seconds > 0)) return;
    const usual = this.#harvest.bins[DayProfile.binOf(time)]!;
    const clipped = charge > FULL;
    if (usual > 0 && !Number.isNaN(harvest) && !clipped) {
      const gain = (seconds / WEATHER_SECONDS) * Math.min(2, usual / this.#mean());
      this.#weather += Math.min(0.5, gain) * (Math.min(2, harvest / usual) - this.#weather);
    }
    // A full battery takes less than there is.
    this.#harvest.add(clipped ? Math.max(harvest, usual) : harvest, time, seconds);
    this.#motion.add(motion, time, Math.min(seconds, BIN_SECONDS / 12));
  }

  /** Worth a joule; nearly nothing while the battery is full, as what is harvested is lost else. */
  price(situation: Situation): number {
    if (situation.charge > FULL) return this.#demand.prices[0]!;
    let low = 0;
    let high = situation.charge < LOW ? PRICES - 1 : this.#dearest;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#overspends(middle, situation)) low = middle + 1;
      else high = middle;
    }
    return this.#demand.prices[low]!;
  }

  /** Watts taken for hours not seen yet: with those seen, a supply that is as much larger than idling needs as a sensible one. */
  #unseen(idle: number): number {
    let seen = 0;
    let hours = 0;
    for (let bin = 0; bin < BINS; bin++) {
      if (Number.isNaN(this.#harvest.bins[bin]!)) hours++;
      else seen += this.#harvest.bins[bin]!;
    }
    return hours === 0 ? 0 : Math.max(0, SIZED * BINS * idle - seen) / hours;
  }

  #overspends(index: number, { time, charge, capacity, idle, offWatts }: Situation): boolean {
    const price = this.#demand.prices[index]!;
    const moving = this.#demand.moving[index]!;
    const still = this.#demand.still[index]!;
    const movingGain = this.#demand.movingWorth[index]! - price * moving;
    const stillGain = this.#demand.stillWorth[index]! - price * still;
    const offGain = price * (idle - offWatts);
    const unseen = this.#unseen(idle);
    let left = charge * capacity;
    let bin = DayProfile.binOf(time);
    let seconds = BIN_SECONDS - (time % BIN_SECONDS);
    for (let step = 0; step < HORIZON_BINS; step++) {
      const motion = Number.isNaN(this.#motion.bins[bin]!) ? USUAL_MOTION : this.#motion.bins[bin]!;
      const usual = this.#harvest.bins[bin]!;
      const income = Number.isNaN(usual) ? unseen : (step < WEATHER_BINS ? usual * this.#weather : this.#harvest.poor(bin));
      // What is near to even is on for a part of the hour.
      const onGain = motion * movingGain + (1 - motion) * stillGain;
      const on = offGain === 0 ? 1 : Math.max(0, Math.min(1, 1.5 - offGain / Math.max(onGain, 1e-12)));
      const net = income - offWatts - on * (idle - offWatts + motion * moving + (1 - motion) * still);
      left += (net > 0 ? net * EFFICIENCY : net) * seconds;
      if (left < KEPT * capacity) return true;
      if (left > capacity) return false;
      bin = (bin + 1) % BINS;
      seconds = BIN_SECONDS;
    }
    return left < END * capacity;
  }

  #mean(): number {
    let sum = 0;
    for (let bin = 0; bin < BINS; bin++) sum += Number.isNaN(this.#harvest.bins[bin]!) ? 0 : this.#harvest.bins[bin]!;
    return sum / BINS;
  }
}
