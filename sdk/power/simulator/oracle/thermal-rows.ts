import { exp } from '../../../core/math.ts';
import type { ThermalPole } from '../../types.ts';
import type { HeatLimits } from './heat-limits.ts';
import type { LinearProgram } from './linear-program.ts';

type Entries = (readonly [number, number])[];

/** What a kelvin of each pole's rise costs later, at the beginning and at the end of a program; where absent, none is handed over. */
export interface Links {
  readonly begin: readonly number[] | undefined;
  readonly end: readonly number[] | undefined;
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
  readonly #limits: HeatLimits;
  readonly #poles: readonly PoleSlot[];
  /** Columns of the rises at the end of the last slot; none before the first of the world. */
  #rises: Entries = [];
  /** Rows of each slot: the rise of each pole at its end, and last the one that its share is in. */
  readonly #rowsOf: (readonly number[])[] = [];

  constructor(program: LinearProgram, limits: HeatLimits, steps: number) {
    this.#program = program;
    this.#limits = limits;
    this.#poles = limits.poles.map((pole) => new PoleSlot(pole, steps, limits.slotSeconds));
  }

  /** Begins with control slot `slot` as hot as it likes, and is paid for it. */
  beginAt(slot: number, prices: readonly number[]): void {
    const { least, rise } = this.#limits;
    this.#rises = this.#poles.map(({ resistance }, pole) => [this.#program.column(prices[pole]!, resistance * least, Infinity), 1]);
    this.#program.row(-Infinity, rise[slot - 1]!, this.#rises);
  }

  /** Pays for the rises at the end. */
  end(prices: readonly number[]): void {
    for (const [pole, [column]] of this.#rises.entries()) this.#program.cost[column] = -prices[pole]!;
  }

  /** What a kelvin of each pole at the beginning of each slot costs, from the multipliers of the rows. */
  prices(multipliers: readonly number[]): number[][] {
    return this.#rowsOf.map((rows) => this.#poles.map(({ share, left }, pole) => share * multipliers[rows.at(-1)!]! - left * multipliers[rows[pole]!]!));
  }

  /** Adds a slot from control slot `first` on with `joules` and those of the columns of `energy`. */
  add(first: number, joules: number, energy: readonly number[]): void {
    const program = this.#program;
    const { extraHeat, slotSeconds, rise, least, most, start: starts } = this.#limits;
    const steps = this.#poles[0]!.weights.length;
    const caps = rise.subarray(first, first + steps);
    const extra = extraHeat.subarray(first, first + steps);
    const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / steps;
    const columns = this.#poles.map(({ resistance }) => program.column(0, resistance * least, Infinity));
    let meanConstant = 0;
    let perJoule = 0;
    const meanEntries: Entries = [];
    const rows: number[] = [];
    for (const [index, pole] of this.#poles.entries()) {
      const { resistance, share, left, weights } = pole;
      const before = this.#rises[index]?.[0];
      const start = before === undefined ? starts[index]! : 0;
      meanConstant += resistance * (joules / (steps * slotSeconds) + mean(extra)) + share * start;
      perJoule += resistance / (steps * slotSeconds);
      meanEntries.push([columns[index]!, -share]);
      if (before !== undefined) meanEntries.push([before, share]);
      const heated = weights.reduce((sum, weight, step) => sum + weight * extra[step]!, 0) + left * start / resistance;
      const entries: Entries = [[columns[index]!, 1]];
      if (before !== undefined) entries.push([before, -left]);
      const level = mean(weights);
      const [low, high] = pole.reach(level, least, most);
      const base = level * joules / slotSeconds + heated;
      for (const column of energy) entries.push([column, -resistance * level / slotSeconds]);
      rows.push(program.row(resistance * (low + base), resistance * (high + base), entries));
    }
    rows.push(program.row(-Infinity, caps[steps - 1]!, columns.map((column) => [column, 1])));
    if (steps > 1) rows.push(program.row(-Infinity, mean(caps) - meanConstant, [...meanEntries, ...energy.map((column) => [column, perJoule] as const)]));
    this.#rowsOf.push(rows);
    this.#rises = columns.map((column) => [column, 1]);
  }
}
