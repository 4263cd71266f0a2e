import { describe, expect, it } from 'vitest';
import { Model } from '../../sdk/model.ts';
import { AutoThreads, promisingThreads } from '../../sdk/runtime/auto-threads.ts';
import { Row, STEP_WORDS } from '../../sdk/runtime/control.ts';
import { fixtureModels, hashOutputs, seedInputs } from '../models.ts';

const LARGE = 1_000_000;
const SMALL = 2000;

function choice(costs: readonly number[], most: number): { table: Int32Array; auto: AutoThreads } {
  const table = new Int32Array(costs.length * STEP_WORDS).fill(1);
  return { table, auto: new AutoThreads(table, Int32Array.from(costs), most) };
}

/** Records runs of `ms` milliseconds until the phase changes. */
function recordUntilNext(auto: AutoThreads, ms: number): void {
  const { phase } = auto;
  for (let run = 0; run < 100 && auto.phase === phase; run++) auto.record(ms);
}

describe("threads: 'auto'", () => {
  it('promises more threads only where steps are long', () => {
    expect(promisingThreads(Int32Array.of(LARGE, LARGE, SMALL), 4)).toBe(4);
    expect(promisingThreads(Int32Array.of(SMALL, SMALL, SMALL), 4)).toBe(1);
    expect(promisingThreads(Int32Array.of(LARGE), 1)).toBe(1);
    expect(promisingThreads(Int32Array.of(20 * LARGE, LARGE), 2)).toBe(2);
    expect(promisingThreads(Int32Array.of(...new Array<number>(1000).fill(SMALL), 10 * SMALL), 4)).toBe(1);
  });

  it('keeps more threads that are faster, and small steps on one', () => {
    const { table, auto } = choice([LARGE, SMALL], 2);
    expect([auto.phase, auto.threads]).toEqual(['timing', 1]);
    recordUntilNext(auto, 1);
    expect([auto.phase, auto.threads]).toEqual(['starting', 2]);
    expect([table[Row.threads], table[STEP_WORDS + Row.threads]]).toEqual([2, 1]);
    auto.record(1);
    expect(auto.phase).toBe('starting');
    auto.started();
    recordUntilNext(auto, 0.6);
    expect([auto.phase, auto.threads]).toEqual(['settled', 2]);
  });

  it('goes back to one thread where the promise is not kept', () => {
    const { auto } = choice([LARGE], 4);
    recordUntilNext(auto, 1);
    auto.started();
    recordUntilNext(auto, 0.99);
    expect([auto.phase, auto.threads]).toEqual(['settled', 1]);
  });

  it('starts no threads for small models or on one core', () => {
    const { auto } = choice([SMALL], 4);
    recordUntilNext(auto, 0.01);
    expect([auto.phase, auto.threads]).toEqual(['settled', 1]);
    expect(choice([LARGE], 1).auto.phase).toBe('settled');
  });

  it('gives the same bits in every phase', async () => {
    const { path } = fixtureModels.find(({ name }) => name.startsWith('classifier'))!;
    await using model = await Model.load(path, { threads: 'auto' });
    seedInputs(model, 1);
    const expected = hashOutputs(model.runSync().outputs);
    for (let run = 0; run < 60; run++) expect(hashOutputs((await model.run()).outputs)).toBe(expected);
    expect(model.threads).toBe(1);
  });
});
