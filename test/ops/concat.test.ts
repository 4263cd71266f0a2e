import { describe, expect, it } from 'vitest';
import { compile } from '../../sdk/compile/compile.ts';
import type { Tensor } from '../../sdk/ir/graph.ts';
import { activation, codes, random, single } from './graphs.ts';
import { expectNearest, expectRejected, realValues, run } from './run.ts';

describe('concat', () => {
  it('joins rows of every input', () => {
    const graph = single('concat', [activation('a', [2, 1, 2]), activation('b', [2, 2, 2])], activation('y', [2, 3, 2]), { axis: 1 });
    expect([...run(graph, [Int8Array.of(1, 2, 3, 4), Int8Array.of(5, 6, 7, 8, 9, 10, 11, 12)])]).toEqual([1, 2, 5, 6, 7, 8, 3, 4, 9, 10, 11, 12]);
    expect(compile(graph).steps.map(({ kernel, units, fields }) => [kernel, units, fields['OUTPUT']])).toEqual([
      ['move_x8', 2, { buffer: 2, offset: 0 }], ['move_x8', 2, { buffer: 2, offset: 2 }],
    ]);
  });

  it('copies inputs as they are where they follow each other', () => {
    const integers = (name: string, count: number): Tensor => ({ name, dtype: 'int32', shape: [1, count] });
    const { steps } = compile(single('concat', [integers('a', 3), integers('b', 2)], integers('y', 5), { axis: 1 }));
    expect(steps.map(({ kernel, fields }) => [kernel, fields['BYTES'], fields['OUTPUT']])).toEqual([
      ['copy_x8', 12, { buffer: 2, offset: 0 }], ['copy_x8', 8, { buffer: 2, offset: 12 }],
    ]);
  });

  it('rescales inputs of another quantization', () => {
    const [a, b] = [activation('a', [3, 4], 0.03, 12), activation('b', [3, 5], 0.06, -9)];
    const y = activation('y', [3, 9], 0.06, -9);
    const inputs = [codes(random(5), 12), codes(random(6), 15)] as const;
    const [realsA, realsB] = [realValues(a, inputs[0]), realValues(b, inputs[1])];
    const reals = [0, 1, 2].flatMap((row) => [...realsA.slice(row * 4, row * 4 + 4), ...realsB.slice(row * 5, row * 5 + 5)]);
    const graph = single('concat', [a, b], y, { axis: 1 });
    expectNearest(run(graph, inputs), reals, y);
    expect(compile(graph).steps.map(({ kernel, units }) => [kernel, units])).toEqual([['lookup_x8', 3], ['move_x8', 3]]);
  });

  it('rejects what does not fit', () => {
    const join = (b: Tensor, axis = 1) => single('concat', [activation('a', [2, 3]), b], activation('y', [2, 5]), { axis });
    expectRejected(join(activation('b', [3, 2])), /input 'b' is int8 3x2; must be as the first, int8 2x3, but for axis 1/);
    expectRejected(join({ name: 'b', dtype: 'float32', shape: [2, 2] }), /is float32 2x2/);
    expectRejected(join(activation('b', [2, 2]), 2), /attribute 'axis' is 2/);
  });
});
