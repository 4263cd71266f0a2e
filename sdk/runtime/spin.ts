/** Longer than a barrier between balanced threads, shorter than it takes to wake a thread. */
const SPIN_MS = 0.02;
const LOADS_PER_LOOK = 64;

/** Spins for about 20 us, then sleeps, until `words[index]` differs from `value`. Blocks the calling thread. */
export function waitWhile(words: Int32Array, index: number, value: number, sleepers?: number): void {
  const start = performance.now();
  do {
    for (let load = 0; load < LOADS_PER_LOOK; load++) {
      if (Atomics.load(words, index) !== value) return;
    }
  } while (performance.now() - start < SPIN_MS);
  if (sleepers !== undefined) Atomics.add(words, sleepers, 1);
  while (Atomics.load(words, index) === value) Atomics.wait(words, index, value);
  if (sleepers !== undefined) Atomics.sub(words, sleepers, 1);
}
