import { describe, expect, it } from 'vitest';
import { REQUANTIZE_MODES } from '../../sdk/ops/types.ts';
import { activation, single } from './graphs.ts';
import { expectNearest, expectRejected, realValues, run } from './run.ts';

const ALL = Int8Array.from({ length: 256 }, (_, index) => index - 128);
const INPUT = activation('x', [256], 0.05, 10);

describe('table operators', () => {
  it('tanh gives nearest codes', () => {
    const y = activation('y', [256], 1 / 128, 0);
    for (const mode of REQUANTIZE_MODES) expectNearest(run(single('tanh', [INPUT], y, {}), [ALL], mode), realValues(INPUT, ALL).map(Math.tanh), y);
  });

  it.each([
    ['takes multipliers in 256ths where both are at least one', 0.2, [0, 0, 1, 2, 2]],
    ['takes multipliers in full where one is less', 0.1, [0, 1, 1, 2, 3]],
  ])('leaky-relu %s, as LiteRT', (_name, alpha, expected) => {
    const graph = single('leaky-relu', [activation('x', [5], 0.0002)], activation('y', [5], 0.01), { alpha });
    expect([...run(graph, [Int8Array.of(24, 25, 26, 124, 125)])]).toEqual(expected);
  });

  it('leaky-relu and hard-swish stay within one step', () => {
    const y = activation('y', [256], 0.04, -60);
    const leaky = realValues(INPUT, ALL).map((x) => (x < 0 ? 0.3 * x : x));
    const swish = realValues(INPUT, ALL).map((x) => (x * Math.min(6, Math.max(0, x + 3))) / 6);
    for (const mode of REQUANTIZE_MODES) {
      expectNearest(run(single('leaky-relu', [INPUT], y, { alpha: 0.3 }), [ALL], mode), leaky, y, 0.5);
      expectNearest(run(single('hard-swish', [INPUT], y, {}), [ALL], mode), swish, y, 0.5);
    }
  });

  it('rejects unknown and missing attributes', () => {
    expectRejected(single('tanh', [INPUT], activation('y', [256]), { beta: 1 }), /unknown attribute 'beta'/);
    expectRejected(single('leaky-relu', [INPUT], activation('y', [256]), {}), /'alpha' is nothing/);
  });
});
