import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { interpret } from '../../sdk/compile/interpret.ts';
import type { DType } from '../../sdk/core/dtype.ts';
import type { Graph, Tensor } from '../../sdk/ir/graph.ts';
import { REQUANTIZE_MODES } from '../../sdk/ops/types.ts';
import { activation, codes, random, single } from './graphs.ts';
import { expectNearest, expectRejected, onlyStep, realValues, run } from './run.ts';

const coded = (name: string, dtype: DType, shape: readonly number[], scale: number, zeroPoint: number): Tensor => ({ ...activation(name, shape, scale, zeroPoint), dtype });
const reals = (name: string, shape: readonly number[]): Tensor => ({ name, dtype: 'float32', shape });

describe('quantize', () => {
  it('rounds reals to nearest even, clamps, and gives the least code for NaN', () => {
    const graph = single('quantize', [reals('x', [7])], coded('y', 'uint8', [7], 0.5, 10), {});
    expect([...interpret(graph, [Float32Array.of(0.25, 0.75, -0.25, 1000, -1000, NaN, 2)], 'float')[0]!]).toEqual([10, 12, 10, 255, 0, 0, 14]);
    expect(onlyStep(graph)).toMatchObject({ kernel: 'quantize_f32_qs8', fields: { LEAST: { value: -10 }, MOST: { value: 245 }, FLIP: { value: -128 } } });
  });

  it('moves codes between uint8 and int8 of the same values by their sign bit', () => {
    const graph = single('quantize', [coded('x', 'uint8', [3], 0.1, 121)], coded('y', 'int8', [3], 0.1, -7), {});
    for (const mode of REQUANTIZE_MODES) expect([...interpret(graph, [Uint8Array.of(0, 121, 255)], mode)[0]!]).toEqual([-128, -7, 127]);
    expect(onlyStep(graph)).toMatchObject({ kernel: 'flip_x8', fields: { MASK: { splat: 'i8', value: -128 } } });
  });

  it('gives nearest codes of another quantization; between int8 codes within the 256ths of its multiplier', () => {
    const scale = fc.double({ min: 0.02, max: 0.2, noNaN: true });
    const zeroPoint = fc.integer({ min: -128, max: 127 });
    fc.assert(fc.property(scale, scale, zeroPoint, zeroPoint, fc.integer(), (from, to, zeroFrom, zeroTo, seed) => {
      const x = activation('x', [64], from, zeroFrom);
      const y = activation('y', [64], to, zeroTo);
      const input = codes(random(seed), 64);
      const graph = single('quantize', [x], y, {});
      // Two roundings may move a code from its tie by a quarter of a step.
      const slack = { 'float': 255 / 512 + 1e-3, 'tflite-single': 1e-3, 'tflite-double': 0.251 };
      for (const mode of REQUANTIZE_MODES) expectNearest(run(graph, [input], mode), realValues(x, input), y, slack[mode]);
    }), { seed: 3, numRuns: 60 });
  });

  it.each([
    ['multipliers below a 256th are taken in full', 'int8', 1 / 300, -125, [23, 24, 25, 127], [0, 0, 1, 1]],
    ['codes of the other sign round up twice', 'uint8', 0.25, 0, [-3, -1, 1, 2, 5, 6], [0, 0, 1, 1, 2, 2]],
    ['codes of the other sign round ties up', 'uint8', 0.5, 0, [-7, -1, 1, 3], [-3, 0, 1, 2]],
  ] as const)('%s, as in LiteRT', (_name, dtype, ratio, zeroPoint, input, steps) => {
    const y = coded('y', dtype, [input.length], 0.01, 100);
    const graph = single('quantize', [activation('x', [input.length], 0.01 * ratio, zeroPoint)], y, {});
    expect([...interpret(graph, [Int8Array.from(input)], 'float')[0]!]).toEqual(steps.map((step) => 100 + step));
  });

  it('rejects other types', () => {
    expectRejected(single('quantize', [{ ...reals('x', [2]), dtype: 'int32' }], activation('y', [2]), {}), /is int32; quantize supports float32, int8 and uint8/);
    expectRejected(single('quantize', [reals('x', [2])], reals('y', [2]), {}), /is float32; quantize gives int8 or uint8/);
    expectRejected(single('quantize', [reals('x', [2])], coded('y', 'uint8', [2], 1, -1), {}), /zero points \[-1\]; must be one integer from 0 to 255/);
  });
});

describe('dequantize', () => {
  it.each<[DType, number]>([['int8', -5], ['uint8', 200]])('gives the real values of %s codes', (dtype, zeroPoint) => {
    const graph = single('dequantize', [coded('x', dtype, [4], 0.37, zeroPoint)], reals('y', [4]), {});
    const input = dtype === 'int8' ? Int8Array.of(-128, -5, 0, 127) : Uint8Array.of(0, 200, 201, 255);
    const expected = Float32Array.from(input, (code) => (code - zeroPoint) * Math.fround(0.37));
    expect(interpret(graph, [input], 'float')[0]).toEqual(expected);
    expect(onlyStep(graph)).toMatchObject({ kernel: 'dequantize_qs8_f32', fields: { ZERO: { value: dtype === 'int8' ? -5 : 72 } } });
  });

  it('rejects reals', () => {
    expectRejected(single('dequantize', [reals('x', [2])], reals('y', [2]), {}), /is float32; dequantize supports int8 and uint8/);
  });
});

describe('logistic', () => {
  it('gives the nearest code of 1 / (1 + exp(-x))', () => {
    const x = activation('x', [256], 0.05, 20);
    const y = activation('y', [256], 1 / 256, -128);
    const input = Int8Array.from({ length: 256 }, (_, index) => index - 128);
    const graph: Graph = single('logistic', [x], y, {});
    expectNearest(run(graph, [input]), realValues(x, input).map((value) => 1 / (1 + Math.exp(-value))), y);
    expectRejected(single('logistic', [x], activation('y', [256], 0.1), {}), /logistic gives scale 0.00390625 and zero point -128/);
  });
});
