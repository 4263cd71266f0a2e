/** Loads of one spin phase: about 20 us on the chips measured, longer than a barrier between balanced threads. */
const SPIN_LOADS = 4000;

/** Spins, then sleeps, until `words[index]` differs from `value`. Blocks the calling thread. */
export function waitWhile(words: Int32Array, index: number, value: number, sleepers?: number): void {
  for (let load = 0; load < SPIN_LOADS; load++) {
    if (Atomics.load(words, index) !== value) return;
  }
  if (sleepers !== undefined) Atomics.add(words, sleepers, 1);
  while (Atomics.load(words, index) === value) Atomics.wait(words, index, value);
  if (sleepers !== undefined) Atomics.sub(words, sleepers, 1);
}
