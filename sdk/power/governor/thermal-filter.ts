import type { BoardThermal } from '../types.ts';
import { GainTable, type Course, type ThermalModel } from './thermal-model.ts';
import { UNMODELLED_HEAT, type ThermalState } from './thermal-state.ts';

/** Seconds that a candidate must be safe to keep, at least two slots: 20 s cost 0.3 % of the worth on a Zero 2 W and keep nothing cooler. */
const HORIZON = 12;
/** Times at which idling afterwards is looked at (s). */
const IDLE_TIMES = [60, 300, 1500, 1e6];
/** Hotter than this below the limit when idle for long, nothing can be promised. */
const UNREACHABLE_KELVIN = 5;

/** Degrees Celsius of the surroundings above which a board settles too close to its limit even if it idles. */
export function idleAbove({ poles, limit }: BoardThermal, idleWatts: number): number {
  return limit - UNREACHABLE_KELVIN - idleWatts * resistanceOf(poles);
}

/** Kelvin per watt in the end. */
function resistanceOf(poles: BoardThermal['poles']): number {
  return poles.reduce((sum, { resistance }) => sum + resistance, 0);
}

export interface ThermalFilterOptions {
  readonly thermal: BoardThermal;
  readonly margin: number;
  readonly slot: number;
  readonly idleWatts: number;
  readonly busiestWatts: number;
  readonly predict: boolean;
}

/**
 * Which powers may be chosen: P is safe where (1) P kept for the horizon stays below limit - margin, and (2) after P and heat from elsewhere that
 * sets in now, for the two slots until it is noticed, idling with that heat stays below the limit for ever. Both bounds rise with P and with
 * temperature, so (2) holds again after every slot of a safe P: the set of safe states is invariant as long as idling is safe.
 */
export class ThermalFilter {
  /** Degrees Celsius of the surroundings above which the board only idles. */
  readonly idleAbove: number;
  readonly #options: ThermalFilterOptions;
  readonly #hold: GainTable;
  readonly #notice: GainTable;
  readonly #idle: GainTable;
  readonly #resistance: number;
  readonly #now: Course;
  readonly #then: Course;
  /** Kelvin that the temperature's bound is below limit - margin. */
  slack = 0;
  /** Row that was the highest safe one. */
  #row = 0;
  #margin = 0;
  #heat = 0;
  #temperature = 0;

  constructor(options: ThermalFilterOptions) {
    const { thermal, slot } = options;
    const horizon = Math.max(HORIZON, 2 * slot);
    this.#options = options;
    this.#hold = new GainTable(thermal.poles, [slot, horizon / 3, horizon].sort((a, b) => a - b));
    this.#notice = new GainTable(thermal.poles, [2 * slot]);
    this.#idle = new GainTable(thermal.poles, IDLE_TIMES);
    this.#resistance = resistanceOf(thermal.poles);
    this.idleAbove = idleAbove(thermal, options.idleWatts);
    this.#now = { from: new Float64Array(thermal.poles.length), watts: 0, kelvin: 0 };
    this.#then = { from: new Float64Array(thermal.poles.length), watts: 0, kelvin: 0 };
  }

  /** Looks at the state that the other members are about. */
  look({ temperature, ambient, model }: ThermalState): void {
    const { thermal, margin, busiestWatts } = this.#options;
    this.#margin = margin;
    this.#temperature = temperature;
    this.slack = thermal.limit - margin - temperature;
    this.#loadFrom(model);
    const bearable = (this.idleAbove - ambient) / this.#resistance;
    this.#heat = Math.max(0, Math.min(UNMODELLED_HEAT * busiestWatts, bearable));
  }

  /** The board would settle too close to its limit even if it idled. */
  unreachable({ meanAmbient }: ThermalState): boolean {
    return meanAmbient > this.idleAbove;
  }

  /** Last of rows by rising power that is safe, at least row `idle`; looked for from where it was last. */
  highestSafe(powers: Float64Array, idle: number): number {
    let row = Math.max(idle, Math.min(this.#row, powers.length - 1));
    while (row > idle && !this.#safe(powers, row)) row--;
    while (row + 1 < powers.length && this.#safe(powers, row + 1)) row++;
    return this.#row = row;
  }

  #safe(powers: Float64Array, row: number): boolean {
    const { thermal: { limit }, idleWatts, predict } = this.#options;
    if (!predict) return this.#temperature <= limit - this.#margin;
    const now = this.#now;
    const then = this.#then;
    now.watts = powers[row]!;
    this.#hold.peak(now);
    if (this.#temperature + now.kelvin > limit - this.#margin) return false;
    now.watts = powers[row]! + this.#heat;
    this.#notice.total(0, now);
    for (let pole = 0; pole < then.from.length; pole++) then.from[pole] = this.#notice.advanced(pole, 0, now.from[pole]!, now.watts);
    then.watts = idleWatts + this.#heat;
    this.#idle.peak(then);
    return this.#temperature + now.kelvin + then.kelvin <= limit;
  }

  #loadFrom(model: ThermalModel): void {
    for (let pole = 0; pole < this.#now.from.length; pole++) this.#now.from[pole] = model.filtered(pole);
  }
}
