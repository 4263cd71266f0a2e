import type { BoardPower } from '../types.ts';
import { FLAW_NAMES, Source, SOURCES } from './power-sources.ts';
import { ENERGY_METHODS, type EnergyReport } from './types.ts';

/** Sums by source, in the order of ENERGY_METHODS. */
export interface EnergyTotals {
  readonly seconds: Float64Array;
  readonly joules: Float64Array;
  /** Time in which nothing ran, and its joules. */
  readonly quietSeconds: Float64Array;
  readonly quietJoules: Float64Array;
  /** Seconds that cores were busy. */
  readonly busySeconds: Float64Array;
  /** Trust times seconds. */
  readonly trustSeconds: Float64Array;
  /** Core seconds of each model: [model * SOURCES + source]. */
  readonly coreSeconds: Float64Array;
  readonly inferences: Float64Array;
  readonly gapSeconds: Float64Array;
}

/** Quiet time in seconds from which measured idle power goes before that of the board model. */
const IDLE_SECONDS = 60;
const DAY = 86_400;
const WATT_HOUR = 3600;

const WORDS = ['measured at the supply', 'measured at the battery', 'measured at the processor, scaled to the board', 'modelled from core seconds'] as const;

function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let at = 0; at < values.length; at++) total += values[at]!;
  return total;
}

function reasonOf(source: number, flaws: Uint8Array): string {
  const better = ENERGY_METHODS.slice(0, source).map((method, at) => `${method} ${FLAW_NAMES[flaws[at]!]!}`);
  return `${WORDS[source]!}${better.length > 0 ? ` (${better.join(', ')})` : ''}`;
}

/** @param source index of the method of the last sample @param flaws of every source then */
export function reportOf(totals: EnergyTotals, models: readonly string[], board: BoardPower, boardTrust: number, source: number, flaws: Uint8Array): EnergyReport {
  const { seconds, joules, quietSeconds, quietJoules, busySeconds, trustSeconds, coreSeconds, inferences } = totals;
  const time = sum(seconds);
  const perDay = (amount: number): number => (time > 0 ? (amount / time) * (DAY / WATT_HOUR) : 0);
  const knowsIdle = (at: number): boolean => at !== Source.model && quietSeconds[at]! >= IDLE_SECONDS;
  const idleOf = (at: number): number => (knowsIdle(at) ? quietJoules[at]! / quietSeconds[at]! : board.idle);
  const dynamic = Float64Array.from({ length: SOURCES }, (_, at) => Math.max(0, joules[at]! - idleOf(at) * seconds[at]!));
  // An inference that runs over several samples is busy in all of them and counted at its end: only the sums can be compared.
  const busy = Float64Array.from({ length: SOURCES }, (_, at) => Math.max(busySeconds[at]!, sum(models.map((_, model) => coreSeconds[model * SOURCES + at]!))));
  const joulesOf = (model: number): number => sum(Array.from(dynamic, (amount, at) => {
    const cores = coreSeconds[model * SOURCES + at]!;
    return cores > 0 ? (amount * cores) / busy[at]! : 0;
  }));
  const perInference = (amount: number, count: number): number | null => (count > 0 ? (1000 * amount) / count : null);
  const byModel = models.map((_, model) => joulesOf(model));
  const main = seconds.reduce((most, value, at) => (value > seconds[most]! ? at : most), Source.model);
  const trustAbove = sum(Array.from(trustSeconds, (trust, at) => (knowsIdle(at) ? trust : Math.min(trust, boardTrust * seconds[at]!))));
  return {
    seconds: time,
    gapSeconds: totals.gapSeconds[0]!,
    whPerDay: perDay(sum(joules)),
    dynamicWhPerDay: perDay(sum(dynamic)),
    idleWatts: idleOf(main),
    millijoulesPerInference: perInference(sum(byModel), sum(inferences)),
    perModel: models.map((model, at) => ({
      model, inferences: inferences[at]!, millijoulesPerInference: perInference(byModel[at]!, inferences[at]!), whPerDay: perDay(byModel[at]!),
    })),
    method: ENERGY_METHODS[main]!,
    shares: Array.from(seconds, (value) => (time > 0 ? value / time : 0)),
    trust: time > 0 ? sum(trustSeconds) / time : 0,
    dynamicTrust: time > 0 ? trustAbove / time : 0,
    reason: reasonOf(source, flaws),
  };
}
