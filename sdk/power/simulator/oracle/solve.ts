import type { Part } from './program.ts';
import { withHighs } from './load-highs.ts';

export interface Solution {
  /** NaN where nothing keeps the rows. */
  readonly utility: number;
  /** Worth of a joule more at the end. */
  readonly endPrice: number;
  /** Joules and worth of each slot. */
  readonly energy: readonly number[];
  readonly worth: readonly number[];
  /** Worth a joule of what each slot leaves out next. */
  readonly prices: readonly number[];
  /** Worth of one more on the right of each row. */
  readonly multipliers: readonly number[];
}

/** Share of a segment that counts as all of it. */
const ALL = 0.999;
/** Columns from which presolve makes the dual simplex stall for minutes on some seeds, as it does with a battery; below, it saves a third of the time. */
const LARGE = 10_000;

/** @throws Error where the solver gives up */
export function solve({ program, frontiers, columnsOf, charge }: Part): Promise<Solution> {
  const { cost, lower, upper, rowLower, rowUpper, starts, indices, values } = program;
  return withHighs((highs, again) => highs.withModel({
    numCols: cost.length, numRows: rowLower.length, sense: highs.constants.objectiveSense.maximize, offset: program.offset,
    colCost: cost, colLower: lower, colUpper: upper, rowLower, rowUpper,
    matrix: { format: 'csr', numRows: rowLower.length, numCols: cost.length, starts, indices, values },
  }, (model) => {
    // Scaling makes it fail on a few seeds.
    model.options.set({ output_flag: false, presolve: cost.length < LARGE && charge < 0 && !again ? 'on' : 'off', ...(again && { simplex_scale_strategy: 0 }) });
    model.run();
    const { optimal: OPTIMAL, infeasible: INFEASIBLE } = highs.constants.modelStatus;
    const status = model.getModelStatus();
    if (status !== OPTIMAL && status !== INFEASIBLE) throw new Error(`the solver ended with status ${status}`);
    const { colValue, colDual, rowDual } = model.getSolution();
    const sum = (columns: readonly number[], price: boolean): number => columns.reduce((total, column) => total + colValue[column]! * (price ? cost[column]! : 1), 0);
    return {
      utility: status === OPTIMAL ? model.getObjectiveValue() : NaN,
      endPrice: charge >= 0 && status === OPTIMAL ? Math.abs(colDual[charge]!) : 0,
      energy: columnsOf.map((columns, slot) => frontiers[slot]!.least + sum(columns, false)),
      worth: columnsOf.map((columns, slot) => frontiers[slot]!.worth + sum(columns, true)),
      prices: columnsOf.map((columns) => cost[columns.find((column) => colValue[column]! < ALL * upper[column]!) ?? columns.at(-1)!] ?? 0),
      multipliers: Array.from(rowDual),
    };
  }));
}
