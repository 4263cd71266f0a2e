import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';

/** One boxed number takes 16 bytes; what is left is the profiler's. */
const LESS_THAN_A_NUMBER = 8;

it.each(['mains', 'battery'])('decisions allocate nothing once they are optimized: %s', (kind) => {
  const bytes = Number(execFileSync(process.execPath, ['scripts/run-ts.mjs', 'test/power/governor/allocations.ts', kind], { encoding: 'utf8' }));
  expect(bytes).toBeLessThan(LESS_THAN_A_NUMBER);
});
