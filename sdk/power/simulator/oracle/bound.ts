import type { Candidate } from '../../types.ts';
import type { Scenario } from '../scenario.ts';
import { POINT_SECONDS } from '../timeline.ts';
import type { World } from '../world.ts';
import { frontiersOf, leastWatts, type Frontier } from './frontier.ts';
import { LinearProgram } from './linear-program.ts';
import { withHighs } from './load-highs.ts';
import { mostWatts, ThermalRows } from './thermal-rows.ts';

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

/** Seconds of a slot of the program where nothing but heat limits a board. */
const HOT_SECONDS = 30;
const DAY = 86_400;

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

/** What all programs of a world share. */
interface Setting {
  readonly scenario: Scenario;
  readonly world: World;
  readonly candidates: readonly Candidate[];
  /** Control slots of a slot of the program. */
  readonly steps: number;
  /** Whether the limit can matter. */
  readonly heat: boolean;
  readonly endCharge: number;
}

/** A program, and the columns of the energy of each of its slots. */
interface Part {
  readonly program: LinearProgram;
  readonly columnsOf: readonly (readonly number[])[];
  /** Column of the charge at the end, -1 without a battery. */
  readonly charge: number;
}

interface Solution {
  readonly utility: number;
  readonly endPrice: number;
  /** Joules above the least and worth above that of the least, by slot. */
  readonly energy: readonly number[];
  readonly worth: readonly number[];
}

/** Slots from `begin` on as a program: the first begins as cool as idling leaves the board, and with the charge at the start. */
function partOf(frontiers: readonly Frontier[], begin: number, { scenario, world, candidates, steps, heat, endCharge }: Setting): Part {
  const { battery } = scenario;
  const { harvest, slotSeconds, slots } = world;
  const program = new LinearProgram();
  const thermal = heat ? new ThermalRows(program, scenario, world, candidates, steps) : undefined;
  const columnsOf: number[][] = [];
  let before = -1;
  for (const [index, { least, worth, segments }] of frontiers.entries()) {
    const first = (begin + index) * steps;
    const columns = segments.map(({ price, joules }) => program.column(price, 0, joules));
    columnsOf.push(columns);
    program.offset += worth;
    if (battery) {
      const start = battery.capacity * battery.start;
      const last = index === frontiers.length - 1;
      const charge = program.column(0, last ? endCharge : 0, last ? endCharge : battery.capacity);
      const given = harvest.subarray(first, first + steps).reduce((sum, watts) => sum + watts, 0) * slotSeconds;
      for (const efficiency of given > 0 ? [1, battery.chargeEfficiency] : [1]) {
        const entries: (readonly [number, number])[] = [[charge, 1], ...columns.map((column) => [column, efficiency] as const)];
        if (index > 0) entries.push([before, -1]);
        program.row(-Infinity, efficiency * (given - least) + (index > 0 ? 0 : start), entries);
      }
      before = charge;
    }
    if (first + steps <= slots) thermal?.add(first, least, columns);
  }
  return { program, columnsOf, charge: before };
}

function solve({ program, columnsOf, charge }: Part): Promise<Solution> {
  const { cost, lower, upper, rowLower, rowUpper, starts, indices, values } = program;
  return withHighs((highs, again) => highs.withModel({
    numCols: cost.length, numRows: rowLower.length, sense: highs.constants.objectiveSense.maximize, offset: program.offset,
    colCost: cost, colLower: lower, colUpper: upper, rowLower, rowUpper,
    matrix: { format: 'csr', numRows: rowLower.length, numCols: cost.length, starts, indices, values },
  }, (model) => {
    // Presolve makes the dual simplex stall for minutes on some seeds; scaling makes it fail on a few.
    model.options.set({ output_flag: false, presolve: 'off', ...(again && { simplex_scale_strategy: 0 }) });
    model.run();
    const optimal = model.getModelStatus() === highs.constants.modelStatus.optimal;
    const { colValue, colDual } = model.getSolution();
    const sum = (columns: readonly number[], price: boolean): number => columns.reduce((total, column) => total + colValue[column]! * (price ? cost[column]! : 1), 0);
    return {
      utility: optimal ? model.getObjectiveValue() : NaN,
      endPrice: charge >= 0 && optimal ? Math.abs(colDual[charge]!) : 0,
      energy: columnsOf.map((columns) => sum(columns, false)),
      worth: columnsOf.map((columns) => sum(columns, true)),
    };
  }));
}

/**
 * Solves one linear program for a scenario's world in slots of five minutes; on mains, where heat is all that a slot leaves to the next and what it
 * does within a slot matters most, one for each day in slots of half a minute. It bounds every policy that keeps the thermal limit and never
 * runs the battery empty, because whatever such a policy does gives a feasible point of the program with at least its worth:
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
  const { battery } = scenario;
  const { slotSeconds } = world;
  const endCharge = reachableEnd(scenario, world);
  if (Number.isNaN(endCharge)) return { utility: NaN, endCharge, endPrice: 0, energy: new Float64Array(0), worth: new Float64Array(0) };
  const heat = ThermalRows.matter(scenario, world, mostWatts(scenario, candidates));
  const steps = heat && !battery ? Math.max(1, Math.floor(HOT_SECONDS / slotSeconds)) : POINT_SECONDS / slotSeconds;
  const frontiers = frontiersOf(scenario, world, candidates, steps);
  const count = battery ? frontiers.length : Math.ceil(DAY / (steps * slotSeconds));
  const solutions: Solution[] = [];
  for (let begin = 0; begin < frontiers.length; begin += count) {
    solutions.push(await solve(partOf(frontiers.slice(begin, begin + count), begin, { scenario, world, candidates, steps, heat, endCharge })));
  }
  const slotsOfPoint = POINT_SECONDS / slotSeconds / steps;
  const energy = solutions.flatMap((solution) => solution.energy);
  const worth = solutions.flatMap((solution) => solution.worth);
  return {
    utility: solutions.reduce((sum, { utility }) => sum + utility, 0),
    endCharge,
    endPrice: solutions.at(-1)!.endPrice,
    energy: pointsOf(frontiers.map(({ least }, index) => least + energy[index]!), slotsOfPoint),
    worth: pointsOf(frontiers.map((frontier, index) => frontier.worth + worth[index]!), slotsOfPoint),
  };
}
