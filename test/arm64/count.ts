import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FOLDER } from '../../scripts/arm64/parts.mjs';
import { type Board, bundleProgram, runOnBoard } from './board.ts';
import { type CountJob, type Variant, WINDOW_CALLS } from './device/job.ts';
import type { PlanFile } from './plans.ts';

/** V8 flags under which the same program executes the same instructions, all WebAssembly code optimized. */
const REPRODUCIBLE = ['--no-liftoff', '--single-threaded', '--predictable'];

/** Instructions of one call of a step. */
export interface StepCount {
  readonly node: string;
  readonly kernel: string;
  readonly macs: number;
  readonly instructions: number;
}

/** A short and a long run of the same calls: their difference leaves out what surrounds the calls. */
function oneCall(windows: readonly number[]): number {
  const least = (calls: number): number => Math.min(...windows.filter((_, window) => WINDOW_CALLS[window] === calls));
  const [short, long] = [Math.min(...WINDOW_CALLS), Math.max(...WINDOW_CALLS)];
  return (least(long) - least(short)) / (long - short);
}

/** Instructions of every step of plans on a board, all in one process. */
export async function countInstructions(board: Board, variant: Variant, plans: readonly PlanFile[]): Promise<StepCount[][]> {
  const program = await bundleProgram('count');
  const name = `count-${board.node}-${board.cpu}-${variant.kernel}-${variant.dot}`;
  const counts = join(FOLDER, `${name}.txt`);
  const jobs: CountJob[] = plans.map(({ file }) => ({ plan: file, ...variant }));
  const kernels = JSON.parse(await runOnBoard(board, program, { name, jobs, flags: REPRODUCIBLE, counts })) as string[][];
  const marks = readFileSync(counts, 'utf8').trim().split('\n').map(Number);
  let at = 0;
  const results = plans.map(({ plan }, index) => plan.steps.map(({ node, macs }, step) => {
    const windows = WINDOW_CALLS.map((_, window) => marks[at + window + 1]! - marks[at + window]!);
    at += WINDOW_CALLS.length + 1;
    return { node, macs, kernel: kernels[index]![step]!, instructions: oneCall(windows) };
  }));
  if (at !== marks.length) throw new RangeError(`${counts}: ${marks.length} counts, the plans have ${at}`);
  return results;
}
