import { totalmem } from 'node:os';

/** Bytes of the largest WebAssembly memory. */
const LARGEST_MEMORY = 2 ** 32;

/**
 * Most bytes of shared memory of a model: half of what this process may have, at most the 4 GiB of a WebAssembly memory.
 * @param total bytes of the board's memory
 * @param constrained bytes that the control group grants; 0, or more than the board has, without a limit
 */
export function defaultMemoryLimit(total = totalmem(), constrained = process.constrainedMemory()): number {
  const available = constrained > 0 ? Math.min(total, constrained) : total;
  return Math.min(LARGEST_MEMORY, Math.floor(available / 2));
}
