import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile } from '../../sdk/compile/compile.ts';
import { PlanError } from '../../sdk/core/errors.ts';
import type { Tensor } from '../../sdk/ir/graph.ts';
import { REQUANTIZE_MODES } from '../../sdk/ops/types.ts';
import { activation, codes, random, single, weights } from './graphs.ts';
import { expectNearest, expectRejected, onlyStep, realValues, run } from './run.ts';

const NONE = { activation: 'none' } as const;

describe('add', () => {
  it('computes small cases by hand, ties up', () => {
    const graph = single('add', [activation('a', [4], 0.5, 1), activation('b', [4], 1, -2)], activation('y', [4], 2, 10), NONE);
    // Real sums 0.5 * (a - 1) + (b + 2): 1, 3, 5, -1; halved 0.5, 1.5, 2.5, -0.5.
    const [a, b] = [Int8Array.of(1, 3, 5, 1), Int8Array.of(-1, 0, 1, -3)];
    expect([...run(graph, [a, b])]).toEqual([11, 12, 13, 10]);
    expect([...run(graph, [a, b], 'tflite-double')]).toEqual([11, 12, 13, 9]);
    expect([...run(graph, [a, b], 'tflite-single')]).toEqual([11, 12, 13, 10]);
  });

  it('gives nearest codes for any quantization', () => {
    const scale = fc.double({ min: 0.005, max: 0.5, noNaN: true });
    const zeroPoint = fc.integer({ min: -128, max: 127 });
    fc.assert(fc.property(scale, scale, scale, zeroPoint, zeroPoint, zeroPoint, fc.integer(), (s1, s2, s3, z1, z2, z3, seed) => {
      const a = activation('a', [64], s1, z1);
      const b = activation('b', [64], s2, z2);
      const y = activation('y', [64], s3, z3);
      const next = random(seed);
      const inputs = [codes(next, 64), codes(next, 64)] as const;
      const reals = realValues(b, inputs[1]);
      const sums = realValues(a, inputs[0]).map((value, index) => value + reals[index]!);
      const graph = single('add', [a, b], y, NONE);
      for (const mode of REQUANTIZE_MODES) expectNearest(run(graph, inputs, mode), sums, y);
    }), { seed: 5, numRuns: 60 });
  });

  it('rejects shapes that do not fit', () => {
    const graph = single('add', [activation('a', [2, 3]), activation('b', [2])], activation('y', [2, 3]), NONE);
    expectRejected(graph, /second input 'b' has shape 2, the first 2x3; extents must be equal or 1/);
  });

  it('states factors with half a step and the zero points of the inputs in the bias', () => {
    const graph = single(
      'add', [activation('a', [5000], 0.5, 4), activation('b', [5000], 0.25, -8)], activation('y', [5000], 1, 3), { activation: 'relu' },
    );
    expect(onlyStep(graph)).toMatchObject({
      kernel: 'add_qs8',
      units: 5,
      fields: {
        COUNT: 5000,
        BLOCK: 1024,
        A_STEP: 1,
        B_STEP: 1,
        RANK: 0,
        SHIFT: 21,
        FACTOR_A: { value: 1048576 },
        FACTOR_B: { value: 524288 },
        BIAS: { value: 1048576 - 4 * 1048576 + 8 * 524288 },
        ZERO: { value: 3 * 65537 },
        MIN: { value: 3 },
      },
    });
  });

  it('reads a constant operand from the file', () => {
    const fixed: Tensor = { ...weights([4], [1, 2, 3, 4], [0.05]), name: 'offset' };
    const graph = single('add', [activation('a', [4], 0.05), fixed], activation('y', [4], 0.05), NONE);
    expect([...run(graph, [Int8Array.of(10, 20, 30, 40)])]).toEqual([11, 22, 33, 44]);
    expect(onlyStep(graph).fields['B']).toEqual({ constant: 0 });
    expect(compile(graph).constants[0]).toEqual({ name: 'offset', bytes: 4, layout: { kind: 'raw' }, tensor: 1 });
  });

  it('refuses scales whose sums leave the exact range', () => {
    const graph = single('add', [activation('a', [4], 1000), activation('b', [4], 1)], activation('y', [4], 0.01), NONE);
    expect(() => compile(graph)).toThrow(PlanError);
    expect(() => compile(graph)).toThrow(/operator 0 add: sums may reach 255255\d\d\S* steps, must stay below 4194304/);
  });
});
