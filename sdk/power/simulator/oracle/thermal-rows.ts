import { exp } from '../../../core/math.ts';
import { advancePoles, settledRise } from '../../thermal.ts';
import type { Candidate, ThermalPole } from '../../types.ts';
import { LEAKAGE_CELSIUS, LEAKAGE_GROWTH } from '../plant.ts';
import type { Scenario } from '../scenario.ts';
import type { World } from '../world.ts';
import { leastWatts } from './frontier.ts';
import type { LinearProgram } from './linear-program.ts';

type Entries = (readonly [number, number])[];

/** What a kelvin of each pole's rise costs later, at the beginning and at the end of a program; where absent, none is handed over. */
export interface Links {
  readonly begin: readonly number[] | undefined;
  readonly end: readonly number[] | undefined;
}

/** Watts that the board never goes above at or below its limit. */
export function mostWatts({ power, thermal }: Scenario, candidates: readonly Candidate[]): number {
  const cores = candidates.reduce((most, { variant, rate, latency, threads }) => (variant < 0 ? most : Math.max(most, rate * latency * threads)), 1);
  return power.idle + cores * (power.core + power.leakage * LEAKAGE_GROWTH * Math.max(0, thermal.limit - LEAKAGE_CELSIUS));
}

/** Degrees Celsius at the ends of the slots of a board that only idles. */
function idleTemperatures({ power, thermal: { poles } }: Scenario, { ambient, extraHeat, slotSeconds, slots }: World): Float64Array {
  const rises = Float64Array.from(poles, ({ resistance }) => resistance * power.idle);
  const temperatures = new Float64Array(slots);
  for (let slot = 0; slot < slots; slot++) {
    advancePoles(poles, rises, power.idle + extraHeat[slot]!, slotSeconds, rises);
    temperatures[slot] = ambient[slot]! + rises.reduce((sum, rise) => sum + rise, 0);
  }
  return temperatures;
}

/** One pole within a slot of the program: the exact linear relations of n small steps r' = r + k (R P - r). */
class PoleSlot {
  readonly resistance: number;
  /** The mean of r after each step is R * mean P - share * (r at the end - r at the start); of one step it is r at the end. */
  readonly share: number;
  /** What is left of r at the start. */
  readonly left: number;
  /** Weight of the power of each step in r at the end. */
  readonly weights: Float64Array;

  constructor({ resistance, seconds }: ThermalPole, steps: number, stepSeconds: number) {
    const gain = 1 - exp(-stepSeconds / seconds);
    this.resistance = resistance;
    this.share = steps === 1 ? 0 : 1 / (steps * gain) - 1 / steps;
    this.weights = new Float64Array(steps);
    let weight = gain;
    for (let step = steps - 1; step >= 0; step--) {
      this.weights[step] = weight;
      weight *= 1 - gain;
    }
    this.left = weight / gain;
  }

  /** sum of w P between `low` and `high` plus `level` times the sum of P, for any P from `least` to `most`. */
  reach(level: number, least: number, most: number): [low: number, high: number] {
    let [low, high] = [0, 0];
    for (const weight of this.weights) {
      const [a, b] = [(weight - level) * least, (weight - level) * most];
      low += Math.min(a, b);
      high += Math.max(a, b);
    }
    return [low, high];
  }
}

/** Keeps a program's slots of `steps` control slots below the limit, or as hot as idling makes them where that is above it. */
export class ThermalRows {
  readonly #program: LinearProgram;
  readonly #world: World;
  readonly #least: number;
  readonly #most: number;
  readonly #poles: readonly PoleSlot[];
  readonly #cap: Float64Array;
  /** Columns of the rises at the end of the last slot; none before the first, which begins with `#start`. */
  #rises: Entries = [];
  readonly #start: readonly number[];
  /** Rows of each slot: the rise of each pole at its end, and last the one that its share is in. */
  readonly #rowsOf: (readonly number[])[] = [];

  constructor(program: LinearProgram, scenario: Scenario, world: World, candidates: readonly Candidate[], steps: number) {
    this.#program = program;
    this.#world = world;
    this.#least = leastWatts(scenario);
    this.#most = mostWatts(scenario, candidates);
    this.#poles = scenario.thermal.poles.map((pole) => new PoleSlot(pole, steps, world.slotSeconds));
    this.#cap = idleTemperatures(scenario, world).map((idle, slot) => Math.max(scenario.thermal.limit, idle) - world.ambient[slot]!);
    this.#start = scenario.thermal.poles.map(({ resistance }) => resistance * scenario.power.idle);
  }

  /** Whether the limit can matter when the board takes at most `watts`. */
  static matter({ thermal }: Scenario, { ambient, extraHeat }: World, watts: number): boolean {
    const [hottest, heat] = [ambient, extraHeat].map((values) => values.reduce((most, value) => Math.max(most, value), -Infinity)) as [number, number];
    return hottest + settledRise(thermal.poles, watts + heat) > thermal.limit;
  }

  /** Begins with control slot `slot` as hot as it likes, and is paid for it. */
  beginAt(slot: number, prices: readonly number[]): void {
    this.#rises = this.#poles.map(({ resistance }, pole) => [this.#program.column(prices[pole]!, resistance * this.#least, Infinity), 1]);
    this.#program.row(-Infinity, this.#cap[slot - 1]!, this.#rises);
  }

  /** Pays for the rises at the end. */
  end(prices: readonly number[]): void {
    for (const [pole, [column]] of this.#rises.entries()) this.#program.cost[column] = -prices[pole]!;
  }

  /** What a kelvin of each pole at the beginning of each slot costs, from the multipliers of the rows. */
  prices(multipliers: readonly number[]): number[][] {
    return this.#rowsOf.map((rows) => this.#poles.map(({ share, left }, pole) => share * multipliers[rows.at(-1)!]! - left * multipliers[rows[pole]!]!));
  }

  /** Whether idling passes the limit at any time. */
  static idleTooHot(scenario: Scenario, world: World): boolean {
    return idleTemperatures(scenario, world).some((celsius) => celsius > scenario.thermal.limit);
  }

  /** Adds a slot from control slot `first` on with `least` joules and those of the columns of `energy`. */
  add(first: number, least: number, energy: readonly number[]): void {
    const program = this.#program;
    const { extraHeat, slotSeconds } = this.#world;
    const steps = this.#poles[0]!.weights.length;
    const caps = this.#cap.subarray(first, first + steps);
    const extra = extraHeat.subarray(first, first + steps);
    const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / steps;
    const columns = this.#poles.map(({ resistance }) => program.column(0, resistance * this.#least, Infinity));
    let meanConstant = 0;
    let perJoule = 0;
    const meanEntries: Entries = [];
    const rows: number[] = [];
    for (const [index, pole] of this.#poles.entries()) {
      const { resistance, share, left, weights } = pole;
      const before = this.#rises[index]?.[0];
      const start = before === undefined ? this.#start[index]! : 0;
      meanConstant += resistance * (least / (steps * slotSeconds) + mean(extra)) + share * start;
      perJoule += resistance / (steps * slotSeconds);
      meanEntries.push([columns[index]!, -share]);
      if (before !== undefined) meanEntries.push([before, share]);
      const heated = weights.reduce((sum, weight, step) => sum + weight * extra[step]!, 0) + left * start / resistance;
      const entries: Entries = [[columns[index]!, 1]];
      if (before !== undefined) entries.push([before, -left]);
      const level = mean(weights);
      const [low, high] = pole.reach(level, this.#least, this.#most);
      const base = level * least / slotSeconds + heated;
      for (const column of energy) entries.push([column, -resistance * level / slotSeconds]);
      rows.push(program.row(resistance * (low + base), resistance * (high + base), entries));
    }
    rows.push(program.row(-Infinity, caps[steps - 1]!, columns.map((column) => [column, 1])));
    if (steps > 1) rows.push(program.row(-Infinity, mean(caps) - meanConstant, [...meanEntries, ...energy.map((column) => [column, perJoule] as const)]));
    this.#rowsOf.push(rows);
    this.#rises = columns.map((column) => [column, 1]);
  }
}
