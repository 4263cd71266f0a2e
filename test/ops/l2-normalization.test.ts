import { describe, expect, it } from 'vitest';
import { activation, codes, random, single } from './graphs.ts';
import { expectNearest, expectRejected, realValues, run } from './run.ts';

describe('l2-normalization', () => {
  it('gives nearest codes of unit rows', () => {
    const [x, y] = [activation('x', [5, 20], 0.3, 14), activation('y', [5, 20], 1 / 128, 0)];
    const input = codes(random(8), 100);
    const reals = realValues(x, input);
    const lengths = [0, 1, 2, 3, 4].map((row) => Math.sqrt(reals.slice(20 * row, 20 * row + 20).reduce((sum, value) => sum + value * value, 0)));
    expectNearest(run(single('l2-normalization', [x], y, {}), [input]), reals.map((value, index) => value / lengths[Math.floor(index / 20)]!), y);
  });

  it('gives zeros for a row of zeros', () => {
    const graph = single('l2-normalization', [activation('x', [1, 3], 0.3, 14)], activation('y', [1, 3], 1 / 128, 0), {});
    expect([...run(graph, [Int8Array.of(14, 14, 14)])]).toEqual([0, 0, 0]);
  });

  it('rejects another output scale', () => {
    expectRejected(single('l2-normalization', [activation('x', [3])], activation('y', [3], 0.5), {}), /gives scale 0.0078125 and zero point 0/);
  });
});
