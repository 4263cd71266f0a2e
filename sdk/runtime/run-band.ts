import { Row, STEP_WORDS } from './control.ts';
import type { KernelFunction } from './execute.ts';

/**
 * Runs thread `thread` of `active` of the band of steps whose first has its row at `row`: its share of the blocks, each through all steps. Units of the
 * leading step that two threads need are computed by both, to the same bytes. A single thread runs step after step where the cache holds all of what
 * they hand on: kernels are faster on many units.
 */
export function runBand(kernels: readonly KernelFunction[], table: Int32Array, row: number, scratch: number, thread: number, active: number): void {
  const call = (at: number, begin: number, end: number): void => kernels[table[at]!]!(table[at + Row.params]!, scratch, begin, end);
  const pace = row + table[row + Row.pace]! * STEP_WORDS;
  const end = row + table[row + Row.joined]! * STEP_WORDS;
  if (active === 1 && table[row + Row.cached] !== 0) {
    for (let at = row; at < end; at += STEP_WORDS) call(at, 0, table[at + Row.units]!);
    return;
  }
  const blockUnits = table[row + Row.blockUnits]!;
  const blocks = table[pace + Row.units]! / blockUnits;
  const blockRows = table[row + Row.blockRows]!;
  const leadRows = table[row + Row.leadRows]!;
  const leadUnits = table[row + Row.leadUnits]!;
  const first = Math.floor((blocks * thread) / active);
  const last = Math.floor((blocks * (thread + 1)) / active);
  const leadEnd = Math.min(table[row + Row.units]!, Math.ceil((last * blockRows) / leadRows));
  let led = Math.floor((first * blockRows) / leadRows);
  for (let block = first; block < last; block++) {
    if (pace !== row) {
      const needed = Math.min(leadEnd, Math.ceil(((block + 1) * blockRows) / leadRows));
      while (led < needed) {
        const next = Math.min(leadEnd, led + leadUnits);
        call(row, led, next);
        led = next;
      }
    }
    call(pace, block * blockUnits, (block + 1) * blockUnits);
    for (let at = pace + STEP_WORDS; at < end; at += STEP_WORDS) call(at, block, block + 1);
  }
}
