import { describe, expect, it } from 'vitest';
import { interpret } from '../../sdk/compile/interpret.ts';
import type { Tensor } from '../../sdk/ir/graph.ts';
import { activation, codes, random, single } from './graphs.ts';
import { runKernels } from './run-kernels.ts';
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

  it('gives unit rows of float32, short ones divided by 1e-6, from the kernels and the reference alike', () => {
    const real = (name: string): Tensor => ({ name, dtype: 'float32', shape: [4, 21] });
    const graph = single('l2-normalization', [real('x')], real('y'), {});
    const next = random(3);
    const input = Float32Array.from({ length: 84 }, (_, at) => (next() - 0.5) * [1, 1e4, 1e-9, 0][Math.floor(at / 21)]!);
    const output = interpret(graph, [input], 'float')[0] as Float32Array;
    expect(runKernels(graph, [input])[0]).toEqual(output);
    output.forEach((value, at) => {
      const row = Math.floor(at / 21);
      const length = Math.hypot(...input.subarray(row * 21, row * 21 + 21));
      expect(value).toBeCloseTo(input[at]! / Math.max(length, 1e-6), 6);
    });
    expectRejected(single('l2-normalization', [real('x')], activation('y', [4, 21]), {}), /'y' is int8; l2-normalization needs float32 here/);
  });

  it('rejects another output scale', () => {
    expectRejected(single('l2-normalization', [activation('x', [3])], activation('y', [3], 0.5), {}), /gives scale 0.0078125 and zero point 0/);
  });
});
