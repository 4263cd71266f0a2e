import type { Reading } from '../types.ts';
import type { ParsedEnergyOptions } from './options.ts';

/** Indices of ENERGY_METHODS. */
export const Source = { supply: 0, battery: 1, processor: 2, model: 3 } as const;

export const SOURCES = 4;

/** Why a source is not used. */
export const Flaw = { none: 0, missing: 1, late: 2, implausible: 3, stuck: 4 } as const;

/** By number of the flaw. */
export const FLAW_NAMES = Object.freeze(['less trusted or just back', 'missing', 'late', 'implausible', 'stuck']);

/** Age in seconds from which a reading is too late. */
const LATE = 15;
/** A sensor that shows one value for this many seconds while the cores went this much up or down is stuck. */
const STUCK_SECONDS = 60;
const STUCK_CORES = 0.5;
/** Share of idle power, and multiple of the most that the cores can draw, between which board power is believed. */
const LEAST = 0.25;
const MOST = 4;
/** What is left of the trust in a reading that is turned into board power. */
const BATTERY_TRUST = 0.9;
const PROCESSOR_TRUST = 0.8;

/** The reading of a quantity that counts where several sensors tell it: fresh, and trusted most. */
function mostTrusted(readings: readonly Reading[], quantity: Reading['quantity']): Reading | undefined {
  let best: Reading | undefined;
  for (let at = 0; at < readings.length; at++) {
    const reading = readings[at]!;
    if (reading.quantity === quantity && reading.age <= LATE && reading.trust > (best?.trust ?? 0)) best = reading;
  }
  return best;
}

/** Mains of any supply is mains. */
function isOnMains(readings: readonly Reading[]): boolean {
  for (let at = 0; at < readings.length; at++) {
    const { quantity, value, age, trust } = readings[at]!;
    if (quantity === 'mains-present' && value > 0 && age <= LATE && trust > 0) return true;
  }
  return false;
}

/** Board power by each measuring source, from the readings of one moment. Numbers live in typed arrays, so that nothing is allocated. */
export class PowerSources {
  /** Monotonic seconds, and cores that were busy since the moment before, NaN where that is unknown: set before `update()`. */
  readonly moment = new Float64Array(2);
  /** Board watts, NaN where a source gives none. */
  readonly watts = new Float64Array(SOURCES);
  /** Board joules since some moment for sources that count energy, else NaN; without the offset of the processor's scale. */
  readonly counted = new Float64Array(SOURCES);
  readonly trust = new Float64Array(SOURCES);
  readonly flaws = new Uint8Array(SOURCES).fill(Flaw.missing);
  /** Least and most watts that a board can draw. */
  readonly range: Float64Array;
  /** Board power is factor * reading + offset, trusted by this share of the trust in the reading. */
  readonly factors: Float64Array;
  readonly offsets: Float64Array;
  readonly #shares = Float64Array.of(1, BATTERY_TRUST, PROCESSOR_TRUST, 0);
  /** Value, its time, and the fewest and most busy cores since. */
  readonly #shown = new Float64Array(SOURCES).fill(NaN);
  readonly #since = new Float64Array(SOURCES);
  readonly #fewest = new Float64Array(SOURCES);
  readonly #busiest = new Float64Array(SOURCES);

  constructor({ board, cores, processor }: ParsedEnergyOptions) {
    this.range = Float64Array.of(LEAST * board.idle, MOST * (board.idle + cores * board.core));
    this.factors = Float64Array.of(1, -1, processor?.factor ?? NaN, NaN);
    this.offsets = Float64Array.of(0, 0, processor?.offset ?? NaN, NaN);
  }

  update(readings: readonly Reading[]): void {
    this.watts.fill(NaN);
    this.counted.fill(NaN);
    this.trust.fill(0);
    this.flaws.fill(Flaw.missing);
    const harvest = mostTrusted(readings, 'harvest-power');
    const battery = mostTrusted(readings, 'battery-power');
    this.offsets[Source.battery] = harvest?.value ?? 0;
    // Positive while it charges; by an unknown current, it tells nothing about the board.
    const isDrawn = battery !== undefined && (battery.value < 0 || this.offsets[Source.battery]! > 0) && !isOnMains(readings);
    for (let at = 0; at < readings.length; at++) {
      const reading = readings[at]!;
      const { quantity } = reading;
      if (quantity === 'board-power') this.#take(Source.supply, reading);
      else if (quantity === 'soc-power' && !Number.isNaN(this.factors[Source.processor]!)) this.#take(Source.processor, reading);
      else if (quantity === 'battery-power' && (battery === undefined || (reading === battery && isDrawn))) this.#take(Source.battery, reading);
    }
    for (let source = 0; source < Source.model; source++) this.#judge(source);
  }

  /** The most trusted reading of a source counts. */
  #take(source: number, { value, unit, age, trust }: Reading): void {
    if (age > LATE) {
      if (this.flaws[source] === Flaw.missing) this.flaws[source] = Flaw.late;
      return;
    }
    this.flaws[source] = Flaw.none;
    if (!(trust * this.#shares[source]! > this.trust[source]!)) return;
    this.trust[source] = trust * this.#shares[source]!;
    const counts = unit === 'joule';
    this.watts[source] = counts ? NaN : this.factors[source]! * value + this.offsets[source]!;
    this.counted[source] = counts ? this.factors[source]! * value : NaN;
  }

  #judge(source: number): void {
    const now = this.moment[0]!;
    const busy = this.moment[1]!;
    const watts = this.watts[source]!;
    const value = Number.isNaN(watts) ? this.counted[source]! : watts;
    if (value !== this.#shown[source]!) {
      this.#shown[source] = value;
      this.#since[source] = now;
      this.#fewest[source] = busy;
      this.#busiest[source] = busy;
    }
    const fewest = this.#fewest[source]!;
    const busiest = this.#busiest[source]!;
    // A NaN of the first moment gives way to the first number.
    if (!(fewest <= busy)) this.#fewest[source] = busy;
    if (!(busiest >= busy)) this.#busiest[source] = busy;
    if (watts < this.range[0]! || watts > this.range[1]!) this.#refuse(source, Flaw.implausible);
    else if (now - this.#since[source]! >= STUCK_SECONDS && busiest - fewest >= STUCK_CORES) this.#refuse(source, Flaw.stuck);
  }

  #refuse(source: number, flaw: number): void {
    this.flaws[source] = flaw;
    this.watts[source] = NaN;
    this.counted[source] = NaN;
    this.trust[source] = 0;
  }
}
