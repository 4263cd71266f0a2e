import type { Candidate } from '../../types.ts';
import type { Scenario } from '../scenario.ts';
import { POINT_SECONDS } from '../timeline.ts';
import type { World } from '../world.ts';
import { frontiersOf, leastWatts } from './frontier.ts';
import { heatLimitsOf } from './heat-limits.ts';
import { solveHot, utilityOf, type Solutions } from './hot.ts';
import { partOf } from './program.ts';
import { solve } from './solve.ts';

/** What no policy exceeds that keeps the limits, and idles where they cannot be kept for sure, however well it knows the future. */
export interface Bound {
  /** Worth in seconds; NaN where the battery runs empty whatever is done. */
  readonly utility: number;
  /** Joules at the end: those at the start, or what the least power leaves where that is less. */
  readonly endCharge: number;
  /** Worth of a joule more at the end: a policy that ends with x joules less is worth at most `utility - x * endPrice`. */
  readonly endPrice: number;
  /** Joules of every five minutes, and their worth. */
  readonly energy: Float64Array;
  readonly worth: Float64Array;
}

/** Joules at the end with the least power, at most those at the start. */
function reachableEnd(scenario: Scenario, { harvest, slotSeconds }: World): number {
  const { battery } = scenario;
  if (!battery) return 0;
  const start = battery.capacity * battery.start;
  const watts = leastWatts(scenario);
  let charge = start;
  for (const given of harvest) {
    const net = (given - watts) * slotSeconds;
    charge = Math.min(battery.capacity, charge + Math.min(net, battery.chargeEfficiency * net));
    if (charge < 0) return NaN;
  }
  return Math.min(start, charge);
}

/** Sums of `count` values each. */
function pointsOf(values: readonly number[], count: number): Float64Array {
  const points = new Float64Array(Math.ceil(values.length / count));
  values.forEach((value, index) => { points[Math.floor(index / count)]! += value; });
  return points;
}

/**
 * Solves one linear program for a scenario's world in slots of five minutes; on mains, where heat is all that a slot leaves to the next and what it
 * does within a slot matters most, one for each hour in control slots. It bounds every policy that keeps the thermal limit and never runs the
 * battery empty, because whatever such a policy does gives a feasible point of the program with at least its worth:
 *
 * - Worth and energy. At each price a joule the frontier takes in every control slot what is best at that price, so no mixture of actions lies
 *   above its outer polygon. Leakage is taken at the lowest temperature the slot may begin with. What is missed lies between idle and the action.
 * - Battery. b' - b <= min(net, efficiency * net) holds in every control slot; min is concave and homogeneous, so it holds for their sums.
 *   Charge is between empty and full at every slot's end; what does not fit is spilled.
 * - Heat inside a slot. T <= limit at the end of every control slot implies that their mean is; the mean of each pole's rise is linear in the
 *   mean power and the rises at both ends, exactly. The rise at the end depends on when the power came: it is only kept within what any course
 *   between the least and the most power can reach, and the sum of the rises below the limit at the ends.
 * - Days. Each begins as cool as idling would have left the board, which is at least as cool as any policy did.
 *
 * The value of a linear program is concave in the end charge, hence `endPrice`.
 */
export async function offlineBound(scenario: Scenario, world: World, candidates: readonly Candidate[]): Promise<Bound> {
  const { slotSeconds } = world;
  const endCharge = reachableEnd(scenario, world);
  if (Number.isNaN(endCharge)) return { utility: NaN, endCharge, endPrice: 0, energy: new Float64Array(0), worth: new Float64Array(0) };
  const heat = heatLimitsOf(scenario, world, candidates);
  const setting = { scenario, world, candidates, heat, endCharge };
  const days: Solutions[] = [];
  if (heat && !scenario.battery) for await (const day of solveHot({ ...setting, heat })) days.push(day);
  else {
    const steps = POINT_SECONDS / slotSeconds;
    days.push({ steps, solutions: [await solve(partOf({ frontiers: [...frontiersOf(scenario, world, candidates, steps)], first: 0, steps }, setting))] });
  }
  const points = (field: 'energy' | 'worth'): Float64Array => Float64Array.from(days.flatMap(({ steps, solutions }) => (
    [...pointsOf(solutions.flatMap((solution) => solution[field]), POINT_SECONDS / slotSeconds / steps)])));
  return {
    utility: days.reduce((sum, day) => sum + utilityOf(day), 0),
    endCharge,
    endPrice: days.at(-1)!.solutions.at(-1)!.endPrice,
    energy: points('energy'),
    worth: points('worth'),
  };
}
