import { describe, expect, it } from 'vitest';
import type { Tensor } from '../../sdk/ir/graph.ts';
import { activation, single } from './graphs.ts';
import { expectRejected, onlyStep, run } from './run.ts';

const X = activation('x', [1, 4]);

function table(codeOf: (bits: number) => number, count = 256): Tensor {
  return { name: 'table', dtype: 'uint8', shape: [count], data: Uint8Array.from({ length: count }, (_, bits) => codeOf(bits)) };
}

describe('map-codes', () => {
  it('indexes its table by the bits of a code', () => {
    const graph = single('map-codes', [X, table((bits) => 255 - bits)], activation('y', [2, 2]), {});
    expect([...run(graph, [Int8Array.of(0, 1, -1, -128)])]).toEqual([-1, -2, 0, 127]);
    expect(onlyStep(graph).kernel).toBe('lookup_x8');
  });

  it('is a flip where only the sign bit changes', () => {
    expect(onlyStep(single('map-codes', [X, table((bits) => bits ^ 128)], activation('y', [1, 4]), {})).kernel).toBe('flip_x8');
  });

  it('rejects other types, other tables and other sizes', () => {
    const real: Tensor = { name: 'x', dtype: 'float32', shape: [1, 4] };
    expectRejected(single('map-codes', [real, table((bits) => bits)], activation('y', [1, 4]), {}), /input 'x' is float32; map-codes supports int8 and uint8/);
    expectRejected(single('map-codes', [X, table((bits) => bits, 255)], activation('y', [1, 4]), {}), /table 'table' must be a constant of 256 codes/);
    expectRejected(single('map-codes', [X, table((bits) => bits)], activation('y', [1, 5]), {}), /output 'y' has shape 1x5; must have as many elements as the input, 1x4/);
  });
});
