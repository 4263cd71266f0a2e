import { Control, Row, STEP_WORDS } from './control.ts';
import { runBand } from './run-band.ts';
import { waitWhile } from './spin.ts';

/** A kernel export: computes units `begin..end` of the call described at `params`. */
export type KernelFunction = (params: number, scratch: number, begin: number, end: number) => void;

/** Waits for all threads; false when the run is to be stopped. The last thread to arrive decides for all. */
function barrier(words: Int32Array, threads: number): boolean {
  const phase = Atomics.load(words, Control.phase);
  if (Atomics.add(words, Control.arrived, 1) === threads - 1) {
    Atomics.store(words, Control.stop, Atomics.load(words, Control.abort));
    Atomics.store(words, Control.arrived, 0);
    Atomics.add(words, Control.phase, 1);
    if (Atomics.load(words, Control.sleepers) > 0) Atomics.notify(words, Control.phase);
  } else {
    waitWhile(words, Control.phase, phase, Control.sleepers);
  }
  return Atomics.load(words, Control.stop) === 0;
}

/** The share of thread `thread` of `active` in the step, or the band, whose row is at `row`. */
export function executeStep(kernels: readonly KernelFunction[], table: Int32Array, row: number, scratch: number, thread: number, active: number): void {
  if (table[row + Row.joined]! > 1) {
    runBand(kernels, table, row, scratch, thread, active);
    return;
  }
  const units = table[row + Row.units]!;
  const begin = Math.floor((units * thread) / active);
  const end = Math.floor((units * (thread + 1)) / active);
  if (begin < end) kernels[table[row]!]!(table[row + Row.params]!, scratch, begin, end);
}

/**
 * Runs all steps of a linked plan as thread `thread` of `threads`.
 * Steps of a band, and steps that use one thread, follow each other without a barrier; those up to the next barrier are left out when the run is to be stopped.
 */
export function execute(
  kernels: readonly KernelFunction[], words: Int32Array, table: Int32Array, scratch: number, thread: number, threads: number,
): void {
  let stopped = false;
  for (let row = 0; row < table.length;) {
    const active = Math.min(threads, table[row + Row.threads]!);
    if (!stopped && thread < active) executeStep(kernels, table, row, scratch, thread, active);
    row += table[row + Row.joined]! * STEP_WORDS;
    if (row >= table.length) return;
    if (threads === 1) {
      if (Atomics.load(words, Control.abort) !== 0) return;
    } else if (active > 1 || table[row + Row.threads]! > 1) {
      if (!barrier(words, threads)) return;
    } else stopped ||= Atomics.load(words, Control.abort) !== 0;
  }
}
