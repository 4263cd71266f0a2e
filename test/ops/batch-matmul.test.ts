import { describe, expect, it } from 'vitest';
import { compile } from '../../sdk/compile/compile.ts';
import { interpret } from '../../sdk/compile/interpret.ts';
import { PlanError } from '../../sdk/core/errors.ts';
import type { Graph, Tensor } from '../../sdk/ir/graph.ts';
import { activation, codes, random, single } from './graphs.ts';
import { expectRejected } from './run.ts';
import { runKernels } from './run-kernels.ts';

const real = (name: string, shape: readonly number[]): Tensor => ({ name, dtype: 'float32', shape });
const countOf = (shape: readonly number[]): number => shape.reduce((product, extent) => product * extent, 1);

type Flags = readonly [adjointA: boolean, adjointB: boolean];

function product(a: Tensor, b: Tensor, y: Tensor, [adjointA, adjointB]: Flags = [false, false]): Graph {
  return single('batch-matmul', [a, b], y, { adjointA, adjointB });
}

const SHAPES: readonly (readonly [a: readonly number[], b: readonly number[], y: readonly number[], flags: Flags])[] = [
  [[1, 1], [1, 1], [1, 1], [false, false]],
  [[5, 3], [3, 9], [5, 9], [false, false]],
  [[3, 5], [3, 9], [5, 9], [true, false]],
  [[2, 70, 7], [8, 7], [2, 70, 8], [false, true]],
  [[4, 1, 6, 2], [3, 2, 17], [4, 3, 6, 17], [false, false]],
  [[1, 2, 3], [5, 2, 4], [5, 3, 4], [true, false]],
];

describe('batch-matmul', () => {
  it('computes a small case by hand', () => {
    const graph = product(real('a', [2, 2]), real('b', [2, 3]), real('y', [2, 3]));
    const inputs = [Float32Array.of(1, 2, 3, 4), Float32Array.of(1, 0, -1, 2, 5, 0.5)];
    expect(interpret(graph, inputs, 'float')[0]).toEqual(Float32Array.of(5, 10, 0, 11, 20, -1));
    expect(compile(graph).steps[0]).toMatchObject({ kernel: 'matmul_f32', macs: 12 });
  });

  it.each(SHAPES)('%s x %s -> %s, adjoint %s: the kernels give the reference', (a, b, y, flags) => {
    const next = random(countOf(y));
    const floats = [a, b].map((shape) => Float32Array.from({ length: countOf(shape) }, () => next() * 8 - 4));
    const floatGraph = product(real('a', a), real('b', b), real('y', y), flags);
    expect(runKernels(floatGraph, floats)).toEqual(interpret(floatGraph, floats, 'float'));
    const ints = [a, b].map((shape) => codes(next, countOf(shape)));
    const graph = product(activation('a', a, 0.04, -128), activation('b', b, 0.02, 127), activation('y', y, 0.4, 11), flags);
    expect(runKernels(graph, ints)).toEqual(interpret(graph, ints, 'float'));
    expect(interpret(graph, ints, 'float')).toEqual(interpret(graph, ints, 'tflite-double'));
  });

  it('scales sums up exactly where the output is finer than the product', () => {
    const graph = product(activation('a', [1, 2], 1, 0), activation('b', [2, 1], 1, 0), activation('y', [1, 1], 0.25, 0));
    expect(runKernels(graph, [Int8Array.of(3, -1), Int8Array.of(5, 2)])[0]).toEqual(Int8Array.of(52));
  });

  it('rejects operands that do not fit', () => {
    expectRejected(product(real('a', [2, 3]), real('b', [2, 3]), real('y', [2, 3])), /must have as many rows as the first, 2x3, has columns/);
    expectRejected(product(real('a', [3]), real('b', [3, 2]), real('y', [2])), /'a' has shape 3; batch-matmul needs at least 2 dimensions/);
    expectRejected(product(real('a', [2, 2, 3]), real('b', [3, 3, 2]), real('y', [2, 2, 2])), /extents must be equal or 1/);
    expectRejected(product(real('a', [2, 3]), activation('b', [3, 2]), real('y', [2, 2])), /'b' is int8; batch-matmul needs float32 here/);
  });

  it('refuses sums that may overflow', () => {
    const graph = product(activation('a', [1, 40000], 0.01), activation('b', [40000, 1], 0.01), activation('y', [1, 1], 1));
    expect(() => compile(graph)).toThrow(PlanError);
    expect(() => compile(graph)).toThrow(/sums of 40000 products may reach/);
  });
});
