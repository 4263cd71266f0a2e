import { describe, expect, it } from 'vitest';
import { REQUANTIZE_MODES } from '../../sdk/ops/types.ts';
import { activation, single } from './graphs.ts';
import { expectNearest, expectRejected, onlyStep, realValues, run } from './run.ts';

const CODES = Int8Array.from({ length: 256 }, (_, index) => index - 128);
const input = activation('x', [1, 256], 0.04, -7);
const bounds = { relu: [0, Infinity], relu6: [0, 6], 'relu-n1-to-1': [-1, 1] } as const;

describe('clamp of int8 codes', () => {
  it.each(Object.entries(bounds))('%s gives the nearest codes of the clamped values', (name, [low, high]) => {
    for (const output of [activation('y', [1, 256], 0.05, -128), activation('y', [1, 256], 0.025, 33)]) {
      for (const mode of REQUANTIZE_MODES) {
        const result = run(single('clamp', [input], output, { activation: name }), [CODES], mode);
        const reals = realValues(input, CODES).map((real) => Math.min(high, Math.max(low, real)));
        // Bounds are rounded to codes.
        expectNearest(result, reals, output, 0.51);
      }
    }
  });

  it('keeps codes of the same quantization', () => {
    for (const mode of REQUANTIZE_MODES) {
      const result = run(single('clamp', [input], activation('y', [1, 256], 0.04, -7), { activation: 'relu6' }), [CODES], mode);
      expect([...result]).toEqual([...CODES].map((code) => Math.min(127, Math.max(-7, code))));
    }
  });

  it('is one look-up', () => {
    const graph = single('clamp', [input], activation('y', [1, 256], 0.05, -128), { activation: 'relu' });
    expect(onlyStep(graph).kernel).toBe('lookup_x8');
  });

  it('rejects other types', () => {
    const int16 = { ...input, dtype: 'int16' as const };
    expectRejected(single('clamp', [int16], int16, { activation: 'relu' }), /operator 0 clamp: input 'x' is int16; clamp supports int8/);
    expectRejected(single('clamp', [input], activation('y', [1, 256]), { activation: 'elu' }), /activation/);
  });
});
