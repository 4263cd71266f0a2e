import { frontiersOf, nearPrices, type Frontier } from './frontier.ts';
import type { HeatLimits } from './heat-limits.ts';
import { partOf, type Setting } from './program.ts';
import { solve, type Solution } from './solve.ts';

/** Seconds of a slot of the program of a day that gives the prices, and where idling passes the limit, so that they jump. */
const COARSE_SECONDS = 120;
const JUMPY_SECONDS = 30;
const HOUR = 3600;
const DAY = 24;

function* inChunks<Item>(items: Iterable<Item>, count: number): Generator<Item[]> {
  let chunk: Item[] = [];
  for (const item of items) {
    chunk.push(item);
    if (chunk.length < count) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}

/** Least and highest price of a slot and its neighbours. */
function pricesAround(prices: readonly number[], slot: number): [low: number, high: number] {
  const around = prices.slice(Math.max(0, slot - 1), slot + 2);
  return [Math.min(...around), Math.max(...around)];
}

/** Programs of slots in a row, of `steps` control slots each. */
export interface Solutions {
  readonly steps: number;
  readonly solutions: readonly Solution[];
}

/** What solutions in a row come to. */
export function utilityOf({ solutions }: Solutions): number {
  return solutions.reduce((sum, { utility }) => sum + utility, 0);
}

/**
 * Each day by programs of an hour in control slots, exact within a slot, for a board that nothing but heat limits: what heat one leaves to the next is
 * left open, and paid for by the one and to the other at a price. Whatever the price, their sum bounds the program of the whole (Lagrangian
 * relaxation); a program of the day in longer slots gives prices at which it is near it, and those of energy. It is taken itself where it
 * bounds the day by less.
 */
export async function* solveHot(setting: Setting & { readonly heat: HeatLimits }): AsyncGenerator<Solutions> {
  const { scenario, world, candidates, heat } = setting;
  const steps = Math.max(1, Math.floor((heat.idleTooHot ? JUMPY_SECONDS : COARSE_SECONDS) / world.slotSeconds));
  const window = Math.max(1, Math.round(HOUR / world.slotSeconds / steps));
  const hours: Iterator<Frontier[]> = inChunks(frontiersOf(scenario, world, candidates, 1), window * steps);
  let first = 0;
  for (const day of inChunks(frontiersOf(scenario, world, candidates, steps), DAY * window)) {
    const part = partOf({ frontiers: day, first, steps }, setting);
    const coarse = await solve(part);
    const { multipliers, prices } = coarse;
    const fine: Solution[] = [];
    const heatPrices = part.thermal!.prices(multipliers);
    for (let slot = 0; slot < day.length; slot += window) {
      const frontiers = (hours.next().value as Frontier[]).map((frontier, step) => nearPrices(frontier, ...pricesAround(prices, slot + Math.floor(step / steps))));
      const links = { begin: slot > 0 ? heatPrices[slot] : undefined, end: heatPrices[slot + window] };
      fine.push(await solve(partOf({ frontiers, first, steps: 1, links }, setting)));
      first += frontiers.length;
    }
    const [whole, hourly] = [{ steps, solutions: [coarse] }, { steps: 1, solutions: fine }];
    yield utilityOf(whole) < utilityOf(hourly) ? whole : hourly;
  }
}
