import { describe, expect, it } from 'vitest';
import { compile } from '../../sdk/compile/compile.ts';
import { expOfNegative, reciprocalOfOnePlus } from '../../sdk/ops/softmax-fixed-point.ts';
import { REQUANTIZE_MODES } from '../../sdk/ops/types.ts';
import { activation, codes, random, single } from './graphs.ts';
import { expectNearest, expectRejected, onlyStep, realValues, run } from './run.ts';

const OUTPUT = [1 / 256, -128] as const;

describe('softmax', () => {
  it('computes small cases by hand', () => {
    const graph = single('softmax', [activation('x', [2, 4], 1)], activation('y', [2, 4], ...OUTPUT), { beta: 1 });
    const input = Int8Array.of(3, 3, 3, 3, 100, -100, -100, -100);
    for (const mode of REQUANTIZE_MODES) {
      expect([...run(graph, [input], mode)]).toEqual([-64, -64, -64, -64, 127, -128, -128, -128]);
    }
  });

  it.each([[0.01, 1], [0.1, 1], [0.6, 0.5], [2, 3]])('of scale %d and beta %d is a nearest code of the real softmax', (scale, beta) => {
    const x = activation('x', [10, 12], scale, 40);
    const y = activation('y', [10, 12], ...OUTPUT);
    const input = codes(random(21), 120);
    const reals = realValues(x, input);
    const expected = reals.map((value, index) => {
      const row = reals.slice(index - (index % 12), index - (index % 12) + 12);
      return Math.exp(beta * value) / row.reduce((sum, other) => sum + Math.exp(beta * other), 0);
    });
    const graph = single('softmax', [x], y, { beta });
    expectNearest(run(graph, [input]), expected, y);
    expectNearest(run(graph, [input], 'tflite-double'), expected, y, 0.02);
    expectNearest(run(graph, [input], 'tflite-single'), expected, y, 0.02);
  });

  it('rejects other output quantization and a beta of 0', () => {
    expectRejected(
      single('softmax', [activation('x', [1, 4])], activation('y', [1, 4]), { beta: 1 }),
      /has scale 0.05.* and zero point 0; softmax gives scale 0.00390625 and zero point -128/,
    );
    expectRejected(
      single('softmax', [activation('x', [1, 4])], activation('y', [1, 4], ...OUTPUT), { beta: 0 }),
      /attribute 'beta' is 0, must be a finite number above 0/,
    );
  });

  it('gives the kernel a table of exponentials', () => {
    const graph = single('softmax', [activation('x', [2, 3, 4], 0.125)], activation('y', [2, 3, 4], ...OUTPUT), { beta: 2 });
    expect(onlyStep(graph)).toMatchObject({ kernel: 'softmax_qs8', units: 6, fields: { COLUMNS: 4 } });
    const table = new Float32Array(compile(graph).constants[0]!.data!.slice().buffer);
    expect(table).toHaveLength(256);
    expect([table[0], table[4]]).toEqual([1, Math.fround(Math.exp(-1))]);
  });
});

describe('gemmlowp functions', () => {
  it('exp of Q5.26 values is within 2^-21 in Q0.31', () => {
    for (let x = 0; x > -31; x -= 0.037) {
      const fixed = Math.round(x * 67108864);
      expect(Math.abs(expOfNegative(fixed) / 2147483648 - Math.exp(fixed / 67108864))).toBeLessThan(2 ** -21);
    }
  });

  it('1 / (1 + x) of Q0.31 values is within 2^-26', () => {
    for (let x = 0; x < 1; x += 0.0137) {
      const fixed = Math.round(x * 2147483648);
      expect(Math.abs(reciprocalOfOnePlus(fixed) / 2147483648 - 1 / (1 + fixed / 2147483648))).toBeLessThan(2 ** -26);
    }
  });
});
