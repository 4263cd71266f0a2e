import type { Quantity, Reading, Unit } from '../../sdk/power/types.ts';

/** Smallest and largest value that can be true, in SI units. */
export const PLAUSIBLE: Readonly<Record<Quantity, readonly [number, number]>> = Object.freeze({
  'soc-temperature': [-40, 125],
  'other-temperature': [-40, 125],
  'board-power': [0, 500],
  'soc-power': [0, 4000],
  'supply-voltage': [0, 60],
  'supply-current': [-100, 100],
  'harvest-power': [0, 1000],
  'battery-charge': [0, 1],
  'battery-energy': [0, 1e8],
  'battery-power': [-500, 500],
  'mains-present': [0, 1],
  'clock': [1e6, 1e10],
  'clock-limit': [1e6, 1e10],
  'under-voltage': [0, 1],
  'clock-capped': [0, 1],
  'throttled': [0, 1],
  'soft-limited': [0, 1],
  'cpu-quota': [0, 4096],
  'quota-throttled': [0, 1],
  'cpu-pressure': [0, 1],
  'cpu-time': [0, Number.MAX_VALUE],
});

/** Quantities that follow the load: they cannot stand still while it changes. */
const FOLLOWS_LOAD: ReadonlySet<Quantity> = new Set(['soc-temperature', 'other-temperature', 'board-power', 'soc-power', 'supply-current']);
const TEMPERATURES: ReadonlySet<Quantity> = new Set(['soc-temperature', 'other-temperature']);

/** Stuck: the same value for this long, while the load or the mean of the other temperatures moved by this much. */
const STUCK_SECONDS = 90;
const STUCK_CORES = 0.75;
const STUCK_KELVIN = 5;
const STUCK_TRUST = 0.1;
/** Time constant of the load that a reading is compared with. */
const LOAD_SECONDS = 30;
/** Seconds from which a reading counts as late: its trust falls with 1/age. */
const LATE_SECONDS = 5;

function isPlausible(quantity: Quantity, value: number): boolean {
  const [least, most] = PLAUSIBLE[quantity];
  return value >= least && value <= most;
}

/** What moves besides a reading. */
export interface Surroundings {
  /** Cores kept busy by this process lately, NaN while unknown. */
  readonly load: number;
  /** Sum and number of all temperatures that can be true. */
  readonly kelvins: number;
  readonly temperatures: number;
}

/** A reading whose trust takes into account whether it can be true. */
export class Judged implements Reading {
  readonly quantity: Quantity;
  readonly unit: Unit;
  readonly source: string;
  value = NaN;
  age = 0;
  trust = 0;
  #since = -Infinity;
  #load = NaN;
  #others = NaN;
  #temperatures = 0;

  constructor({ quantity, unit, source }: Reading) {
    this.quantity = quantity;
    this.unit = unit;
    this.source = source;
  }

  isOf(reading: Reading): boolean {
    return this.source === reading.source && this.quantity === reading.quantity;
  }

  /** @param now monotonic seconds @param late seconds since `reading` was taken from its sensor */
  update(reading: Reading, now: number, late: number, around: Surroundings): void {
    const others = this.#othersMean(reading.value, around);
    if (reading.value !== this.value || around.temperatures !== this.#temperatures) {
      this.#since = now;
      this.#load = around.load;
      this.#others = others;
      this.#temperatures = around.temperatures;
    }
    // The load is unknown at first: what it becomes is what it was.
    if (Number.isNaN(this.#load)) this.#load = around.load;
    this.value = reading.value;
    this.age = reading.age + late;
    const stuck = FOLLOWS_LOAD.has(this.quantity) && now - this.#since >= STUCK_SECONDS
      && (Math.abs(around.load - this.#load) >= STUCK_CORES || Math.abs(others - this.#others) >= STUCK_KELVIN);
    this.trust = isPlausible(this.quantity, this.value)
      ? reading.trust * (stuck ? STUCK_TRUST : 1) * Math.min(1, LATE_SECONDS / Math.max(this.age, LATE_SECONDS))
      : 0;
  }

  #othersMean(value: number, { kelvins, temperatures }: Surroundings): number {
    const own = TEMPERATURES.has(this.quantity) && isPlausible(this.quantity, value);
    return own ? (kelvins - value) / (temperatures - 1) : kelvins / temperatures;
  }
}

/** Keeps the surroundings up to date. */
export class Watch implements Surroundings {
  load = NaN;
  kelvins = 0;
  temperatures = 0;
  #used = NaN;
  #at = NaN;

  start(): void {
    this.kelvins = 0;
    this.temperatures = 0;
  }

  see({ quantity, value }: Reading, now: number): void {
    if (TEMPERATURES.has(quantity) && isPlausible(quantity, value)) {
      this.kelvins += value;
      this.temperatures++;
    }
    if (quantity !== 'cpu-time' || now === this.#at) return;
    const seconds = now - this.#at;
    if (seconds > 0) {
      const cores = (value - this.#used) / seconds;
      const share = Math.min(1, seconds / LOAD_SECONDS);
      this.load = Number.isNaN(this.load) ? cores : this.load + share * (cores - this.load);
    }
    this.#used = value;
    this.#at = now;
  }
}
