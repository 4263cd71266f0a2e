import { describe, expect, it } from 'vitest';
import { Control, Row, STEP_WORDS } from '../../sdk/runtime/control.ts';
import { execute } from '../../sdk/runtime/execute.ts';

describe('execute', () => {
  it.each([1, 2])('stops between steps that use one thread, on %i', (threads) => {
    const words = new Int32Array(new SharedArrayBuffer(64));
    const table = new Int32Array(3 * STEP_WORDS);
    for (let step = 0; step < 3; step++) {
      table[step * STEP_WORDS + Row.params] = step;
      for (const field of [Row.units, Row.threads, Row.joined]) table[step * STEP_WORDS + field] = 1;
    }
    const done: number[] = [];
    const kernel = (step: number): void => {
      done.push(step);
      if (step === 1) Atomics.store(words, Control.abort, 1);
    };
    execute([kernel], words, table, 0, 0, threads);
    expect(done).toEqual([0, 1]);
  });
});
