import type { ThermalPole } from '../types.ts';
import { CHI_SQUARE_1, noiseOf, type Estimate } from './estimate.ts';
import { leastSquares, type LeastSquares } from './least-squares.ts';
import { decay, response, type Recording } from './thermal-recording.ts';

/** Scales of the time constants that are tried. */
const LEAST_SCALE = 0.25;
const MOST_SCALE = 4;
const SCALE_RATIO = 1.05;
/** Seconds in which the die itself may warm up by its own resistance, besides the board; 0: at once. */
const DIE_SECONDS = [0, 1, 2, 4, 8] as const;

interface Trial {
  readonly scale: number;
  readonly solution: LeastSquares;
}

function add(columns: readonly Float64Array[], weights: readonly number[]): Float64Array {
  return columns[0]!.map((_, index) => columns.reduce((sum, column, which) => sum + weights[which]! * column[index]!, 0));
}

/**
 * Fits temperature = ambient + the die's resistance, warm within seconds, + the poles of the board with all time constants times one scale: what a
 * recording far shorter than them tells. The jump of the die is none of the board's capacity.
 * @param settled the board had been at its first watts for several time constants when the recording began
 * @returns the scale; undefined where the columns cannot be told apart
 */
export function fitScale({ samples, celsius, quantum }: Recording, board: readonly ThermalPole[], settled: boolean): Estimate | undefined {
  const ones = new Float64Array(samples.length).fill(1);
  const dies = DIE_SECONDS.map((tau) => (tau === 0 ? Float64Array.from(samples, (_, index) => samples[Math.max(0, index - 1)]!.watts) : response(samples, tau, settled)));
  const resistances = board.map(({ resistance }) => resistance);
  const trials: Trial[] = [];
  for (let scale = LEAST_SCALE; scale <= MOST_SCALE; scale *= SCALE_RATIO) {
    const taus = board.map(({ seconds }) => seconds * scale);
    const risen = add(taus.map((tau) => response(samples, tau, settled)), resistances);
    const rest = celsius.map((value, index) => value - risen[index]!);
    // Heat held at first is shared among the poles as after long at constant watts.
    const held = settled ? [] : [add(taus.map((tau) => decay(samples, tau)), resistances)];
    const without = leastSquares([ones, ...held], rest);
    const solutions = dies.map((die) => leastSquares([ones, ...held, die], rest)).filter((solution) => solution !== undefined && solution.coefficients.at(-1)! >= 0);
    for (const solution of [without, ...solutions]) if (solution !== undefined) trials.push({ scale, solution });
  }
  if (trials.length === 0) return undefined;
  const best = trials.reduce((a, b) => (b.solution.rest < a.solution.rest ? b : a));
  const { variance, perIndependent } = noiseOf(best.solution.residuals, best.solution.coefficients.length + 2, quantum);
  const likely = trials.filter(({ solution }) => solution.rest <= best.solution.rest + CHI_SQUARE_1 * variance * perIndependent).map(({ scale }) => scale);
  return { value: best.scale, low: Math.min(...likely) / SCALE_RATIO, high: Math.max(...likely) * SCALE_RATIO };
}
