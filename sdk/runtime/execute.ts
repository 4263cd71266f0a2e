import { Control, STEP_WORDS } from './control.ts';
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

/**
 * Runs all steps of a linked plan as thread `thread` of `threads`.
 * Steps that use one thread follow each other without a barrier.
 */
export function execute(
  kernels: readonly KernelFunction[], words: Int32Array, table: Int32Array, scratch: number, thread: number, threads: number,
): void {
  const steps = table.length / STEP_WORDS;
  for (let step = 0; step < steps; step++) {
    const row = step * STEP_WORDS;
    const units = table[row + 2]!;
    const active = Math.min(threads, table[row + 3]!);
    if (thread < active) {
      const begin = Math.floor((units * thread) / active);
      const end = Math.floor((units * (thread + 1)) / active);
      if (begin < end) kernels[table[row]!]!(table[row + 1]!, scratch, begin, end);
    }
    if (step + 1 === steps) return;
    if (threads === 1) {
      if (Atomics.load(words, Control.abort) !== 0) return;
    } else if (active > 1 || table[row + STEP_WORDS + 3]! > 1) {
      if (!barrier(words, threads)) return;
    }
  }
}
