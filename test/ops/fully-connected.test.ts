import { describe, expect, it } from 'vitest';
import type { Graph } from '../../sdk/ir/graph.ts';
import { REQUANTIZE_MODES } from '../../sdk/ops/types.ts';
import { activation, bias, codes, random, single, weights } from './graphs.ts';
import { expectNearest, expectRejected, onlyStep, realValues, run } from './run.ts';

const ATTRIBUTES = { activation: 'none', keepDims: false } as const;

describe('fully-connected', () => {
  it('computes a small case by hand', () => {
    // (2, 3) x (1, -2; 4, 5) + (10, -20) = (6, 3), at a quarter of the output step.
    const graph = single(
      'fully-connected',
      [activation('x', [1, 2], 0.5, 1), weights([2, 2], [1, -2, 4, 5], [0.5]), bias([10, -20])],
      activation('y', [1, 2], 1, -5),
      ATTRIBUTES,
    );
    expect([...run(graph, [Int8Array.of(3, 4)])]).toEqual([2 - 5, 1 - 5]);
    expect([...run(graph, [Int8Array.of(3, 4)], 'tflite-single')]).toEqual([2 - 5, 1 - 5]);
  });

  it.each([['one scale', 1], ['one scale a row', 6]])('with %s gives nearest codes in all modes', (_name, count) => {
    const next = random(11);
    const scales = Array.from({ length: count }, (__, index) => 0.01 + index / 300);
    const x = activation('x', [3, 20], 0.04, -30);
    const w = weights([6, 20], codes(next, 120, -127), scales);
    const y = activation('y', [3, 6], 0.5, 8);
    const input = codes(next, 60);
    const real = realValues(x, input);
    const values = new Int8Array(w.data!.buffer);
    const expected = Array.from({ length: 18 }, (__, at) => {
      const [row, column] = [Math.floor(at / 6), at % 6];
      let sum = 0;
      for (let k = 0; k < 20; k++) sum += real[row * 20 + k]! * values[column * 20 + k]! * Math.fround(scales[column % count]!);
      return sum;
    });
    const graph = single('fully-connected', [x, w], y, ATTRIBUTES);
    for (const mode of REQUANTIZE_MODES) expectNearest(run(graph, [input], mode), expected, y);
  });

  it('flattens the input, or keeps its leading dimensions', () => {
    const build = (input: readonly number[], output: readonly number[], keepDims: boolean): Graph => single(
      'fully-connected', [activation('x', input), weights([2, 4], new Int8Array(8))], activation('y', output), { activation: 'none', keepDims },
    );
    expect(run(build([1, 2, 2, 2], [2, 2], false), [new Int8Array(8)])).toHaveLength(4);
    expect(run(build([3, 2, 4], [3, 2, 2], true), [new Int8Array(24)])).toHaveLength(12);
    expectRejected(build([1, 6], [1, 2], false), /input 'x' 1x6 must divide into rows of 4/);
    expectRejected(build([2, 2], [1, 2], true), /2x2 must end in the weights' depth 4/);
    expectRejected(build([3, 2, 4], [3, 2, 2], false), /declared as int8 3x2x2, fully-connected gives int8 6x2/);
  });

  it('rejects attributes of the wrong type', () => {
    const operands = [activation('x', [1, 4]), weights([2, 4], new Int8Array(8))];
    expectRejected(
      single('fully-connected', operands, activation('y', [1, 2]), { activation: 'none', keepDims: 1 }),
      /attribute 'keepDims' is 1, must be true or false/,
    );
    expectRejected(single('fully-connected', operands.slice(0, 1), activation('y', [1, 2]), ATTRIBUTES), /has 1 inputs, must have 2 to 3/);
  });

  it('splits the columns of a single row into units', () => {
    const graph = single(
      'fully-connected', [activation('x', [1, 4096]), weights([640, 4096], new Int8Array(640 * 4096))], activation('y', [1, 640]), ATTRIBUTES,
    );
    expect(onlyStep(graph)).toMatchObject({
      kernel: 'gemm_qs8_qc8w', units: 8, macs: 640 * 4096, fields: { ROWS: 1, BLOCK_ROWS: 1, BLOCK_COLUMNS: 80 }, scratch: 2 * (4096 + 4) + 256,
    });
  });
});
