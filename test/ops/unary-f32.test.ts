import { describe, expect, it } from 'vitest';
import { interpret } from '../../sdk/compile/interpret.ts';
import type { Attribute, Graph, Tensor } from '../../sdk/ir/graph.ts';
import { activation, single } from './graphs.ts';
import { expectRejected } from './run.ts';
import { runKernels } from './run-kernels.ts';

const COUNT = 1003;
const real = (name: string): Tensor => ({ name, dtype: 'float32', shape: [COUNT] });

function graphOf(op: string, attributes: Readonly<Record<string, Attribute>> = {}): Graph {
  return single(op, [real('x')], real('y'), attributes);
}

/** -50…50, and the special values. */
const X = Float32Array.from({ length: COUNT }, (_, at) => (at < 7 ? [0, -0, 3e38, -3e38, 1e-40, Infinity, -Infinity][at]! : (at - 504) / 10));

const CASES: readonly (readonly [op: string, attributes: Readonly<Record<string, Attribute>>, exact: (x: number) => number, error: number])[] = [
  ['logistic', {}, (x) => 1 / (1 + Math.exp(-x)), 2 ** -22],
  ['tanh', {}, Math.tanh, 2 ** -22],
  ['hard-swish', {}, (x) => (x * Math.min(6, Math.max(0, x + 3))) / 6, 2 ** -22],
  ['leaky-relu', { alpha: 0.3 }, (x) => (x < 0 ? 0.3 * x : x), 2 ** -22],
  ['leaky-relu', { alpha: -2 }, (x) => (x < 0 ? -2 * x : x), 2 ** -22],
];

describe('functions of float32 elements', () => {
  it.each(CASES)('%s %o follows the real function, and the kernels give the reference', (op, attributes, exact, error) => {
    const graph = graphOf(op, attributes);
    const y = interpret(graph, [X], 'float')[0] as Float32Array;
    X.forEach((x, at) => {
      const value = Math.fround(exact(x));
      if (Number.isFinite(value)) expect(Math.abs(y[at]! - value)).toBeLessThanOrEqual(error * Math.max(1, Math.abs(value)));
      else expect(y[at]).toBe(value);
    });
    expect(runKernels(graph, [X])[0]).toEqual(y);
  });

  it('reject an int8 output', () => {
    expectRejected(single('tanh', [real('x')], activation('y', [COUNT]), {}), /'y' is int8; tanh needs float32 here/);
    expectRejected(graphOf('leaky-relu', { alpha: 5000 }), /attribute 'alpha' is 5000/);
  });
});
