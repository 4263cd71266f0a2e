import { frontiersOf, nearPrices, type Frontier } from './frontier.ts';
import { partOf, type Setting } from './program.ts';
import { solve, type Solution } from './solve.ts';

/** Seconds of a slot of the program of a day that gives the prices; such slots in a window, and windows in a day. */
const COARSE_SECONDS = 120;
const WINDOW = 30;
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

/**
 * Programs of an hour in control slots, exact within a slot, for a board that nothing but heat limits: what heat one leaves to the next is left
 * open, and paid for by the one and to the other at a price. Whatever the price, their sum bounds the program of the whole (Lagrangian
 * relaxation); a program of the day in slots of two minutes gives prices at which it is near it, and those of energy.
 */
export async function* solveHot(setting: Setting): AsyncGenerator<Solution> {
  const { scenario, world, candidates } = setting;
  const steps = Math.max(1, Math.floor(COARSE_SECONDS / world.slotSeconds));
  const hours: Iterator<Frontier[]> = inChunks(frontiersOf(scenario, world, candidates, 1), WINDOW * steps);
  let first = 0;
  for (const day of inChunks(frontiersOf(scenario, world, candidates, steps), DAY * WINDOW)) {
    const part = partOf({ frontiers: day, first, steps }, setting);
    const { multipliers, prices } = await solve(part);
    const heatPrices = part.thermal!.prices(multipliers);
    for (let slot = 0; slot < day.length; slot += WINDOW) {
      const frontiers = (hours.next().value as Frontier[]).map((frontier, step) => nearPrices(frontier, ...pricesAround(prices, slot + Math.floor(step / steps))));
      const links = { begin: slot > 0 ? heatPrices[slot] : undefined, end: heatPrices[slot + WINDOW] };
      yield await solve(partOf({ frontiers, first, steps: 1, links }, setting));
      first += frontiers.length;
    }
  }
}
