import { Control, Row, STEP_WORDS } from './control.ts';
import { executeStep, type KernelFunction } from './execute.ts';

const NANOSECONDS = 1e6;

/** Runs all steps on this thread; `costs` keeps the least time of each, of a band at its first step. */
export function timeSteps(kernels: readonly KernelFunction[], words: Int32Array, table: Int32Array, costs: Int32Array, scratch: number): void {
  for (let row = 0; row < table.length; row += table[row + Row.joined]! * STEP_WORDS) {
    if (Atomics.load(words, Control.abort) !== 0) return;
    const start = performance.now();
    executeStep(kernels, table, row, scratch, 0, 1);
    const cost = Math.max(1, Math.round((performance.now() - start) * NANOSECONDS));
    const step = row / STEP_WORDS;
    if (costs[step] === 0 || cost < costs[step]!) costs[step] = cost;
  }
}
