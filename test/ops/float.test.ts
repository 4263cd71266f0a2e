import { describe, expect, it } from 'vitest';
import { compile } from '../../sdk/compile/compile.ts';
import { interpret } from '../../sdk/compile/interpret.ts';
import type { TypedArray } from '../../sdk/core/dtype.ts';
import { PlanError } from '../../sdk/core/errors.ts';
import { exp } from '../../sdk/core/math.ts';
import type { Graph, Tensor } from '../../sdk/ir/graph.ts';
import { expF32 } from '../../sdk/ops/exp-f32.ts';
import { activation, bias, codes, CONVOLUTION, POOL, random, single, weights } from './graphs.ts';
import { expectRejected, onlyStep } from './run.ts';

function real(name: string, shape: readonly number[], values?: readonly number[]): Tensor {
  const data = values && { data: new Uint8Array(Float32Array.from(values).buffer) };
  return { name, dtype: 'float32', shape, ...data };
}

function indices(shape: readonly number[]): Tensor {
  return { name: 'indices', dtype: 'int32', shape };
}

function run(graph: Graph, ...inputs: readonly TypedArray[]): number[] {
  return [...(interpret(graph, inputs, 'float')[0] as Float32Array)];
}

describe('float32 convolutions', () => {
  const x = real('x', [1, 2, 2, 1]);

  it('compute a small case by hand', () => {
    const graph = single('conv2d', [x, real('w', [2, 2, 2, 1], [1, 2, 3, 4, -1, 0, 0, 1]), real('b', [2], [0.5, -10])], real('y', [1, 1, 1, 2]), {
      ...CONVOLUTION, activation: 'relu',
    });
    expect(run(graph, Float32Array.of(1, 0.5, 0.25, 2))).toEqual([0.5 + 1 + 1 + 0.75 + 8, 0]);
    expect(onlyStep(graph)).toMatchObject({ kernel: 'conv2d_f32_f32w', params: 'Conv2dF32Params', macs: 8 });
  });

  it('round every product and sum to float32', () => {
    const attributes = { activation: 'none', keepDims: false };
    const graph = single('fully-connected', [real('x', [1, 3]), real('w', [1, 3], [1, 1, 1])], real('y', [1, 1]), attributes);
    expect(run(graph, Float32Array.of(16777216, 1, 1))).toEqual([16777216]);
    expect(run(graph, Float32Array.of(1, 1, 16777216))).toEqual([16777218]);
  });

  it('multiply with int8 weights times their scale', () => {
    const w = weights([2, 1, 1, 2], [10, -20, 30, 40], [0.5, 0.25], 0);
    const graph = single('conv2d', [real('x', [1, 1, 1, 2]), w], real('y', [1, 1, 1, 2]), CONVOLUTION);
    expect(run(graph, Float32Array.of(0.5, 2))).toEqual([2.5 - 20, 3.75 + 20]);
    const { constants } = compile(graph);
    expect(constants.map(({ layout }) => layout)).toContainEqual({ kind: 'gemm-f32-codes', columns: 2, depth: 2, scales: 1 });
    const [x, y] = [real('x', [1, 1, 1, 2]), real('y', [1, 1, 1, 2])];
    const depthwise = single('depthwise-conv2d', [x, weights([1, 1, 1, 2], [10, -20], [0.5])], y, CONVOLUTION);
    expect(run(depthwise, Float32Array.of(1, 3))).toEqual([5, -30]);
    expect(compile(depthwise).constants.map(({ layout }) => layout.kind)).toContain('dwconv-f32-codes');
  });

  it('make grouped weights dense', () => {
    const graph = single('depthwise-conv2d', [real('x', [1, 1, 1, 2]), real('w', [1, 1, 1, 4], [1, 2, 3, 4])], real('y', [1, 1, 1, 4]), CONVOLUTION);
    expect(run(graph, Float32Array.of(10, 100))).toEqual([10, 20, 300, 400]);
    const { steps, constants } = compile(graph);
    expect(steps[0]).toMatchObject({ kernel: 'gemm_f32_f32w', macs: 4 });
    const dense = constants.find(({ layout }) => layout.kind === 'gemm-f32-weights')!;
    expect([...new Float32Array(dense.data!.slice().buffer)]).toEqual([1, 0, 2, 0, 0, 3, 0, 4]);
  });

  it('refuse weights that are not finite', () => {
    const graph = single('conv2d', [x, real('w', [1, 1, 1, 1], [NaN])], real('y', [1, 2, 2, 1]), CONVOLUTION);
    expect(() => compile(graph)).toThrow(PlanError);
    expect(() => compile(graph)).toThrow(/operator 0 conv2d: weight 0 of 'w' is NaN; must be finite/);
  });

  const w = real('w', [1, 1, 1, 1], [1]);
  it.each<[string, readonly Tensor[], Tensor, RegExp]>([
    ['an int8 output', [x, w], activation('y', [1, 2, 2, 1]), /output 'y' is int8; conv2d needs float32 here/],
    [
      'uint8 weights',
      [x, { ...w, dtype: 'uint8', data: Uint8Array.of(1) }],
      real('y', [1, 2, 2, 1]),
      /weights 'w' are uint8; conv2d supports float32 or int8 weights/,
    ],
    ['computed weights', [x, real('w', [1, 1, 1, 1])], real('y', [1, 2, 2, 1]), /weights 'w' are computed at run time/],
    ['weights of another rank', [x, real('w', [1, 1], [1])], real('y', [1, 2, 2, 1]), /weights 'w' has shape 1x1; conv2d needs 4 dimensions/],
    ['an int32 bias', [x, w, bias([1])], real('y', [1, 2, 2, 1]), /bias 'bias' is int32; conv2d needs float32 here/],
    ['a bias of another length', [x, w, real('b', [2], [1, 2])], real('y', [1, 2, 2, 1]), /bias 'b' has shape 2; must have one value for each of 1/],
    ['an input of 3 dimensions', [real('x', [2, 2, 1]), w], real('y', [1, 2, 2, 1]), /input 'x' has shape 2x2x1; conv2d needs 4 dimensions/],
  ])('reject %s', (_name, inputs, output, message) => expectRejected(single('conv2d', inputs, output, CONVOLUTION), message));
});

describe('float32 operators', () => {
  it('average and maximum of the taps inside the input', () => {
    const attributes = { ...POOL, kernel: [2, 1], strides: [2, 1], pads: [0, 0, 1, 0] };
    const pool = (op: string) => single(op, [real('x', [1, 3, 1, 1])], real('y', [1, 2, 1, 1]), attributes);
    expect(run(pool('average-pool2d'), Float32Array.of(1, 2, 5))).toEqual([1.5, 5]);
    expect(run(pool('max-pool2d'), Float32Array.of(1, 2, -5))).toEqual([2, -5]);
    expect(onlyStep(pool('max-pool2d')).kernel).toBe('maxpool2d_f32');
  });

  it('mean over neighbouring axes', () => {
    const graph = single('mean', [real('x', [2, 3, 2])], real('y', [2, 2]), { axes: [1], keepDims: false });
    expect(run(graph, Float32Array.of(1, 2, 3, 4, 5, 6, 0, 0, 0, 0, 9, 3))).toEqual([3, 4, 3, 1]);
    expect(onlyStep(graph)).toMatchObject({ kernel: 'avgpool2d_f32', units: 2 });
  });

  it('softmax sums to 1 and is steep', () => {
    const graph = single('softmax', [real('x', [2, 3])], real('y', [2, 3]), { beta: 1 });
    const y = run(graph, Float32Array.of(0, Math.fround(0.5), -100, 5, 5, 5));
    const e = exp(-0.5);
    [e / (1 + e), 1 / (1 + e), 0, 1 / 3, 1 / 3, 1 / 3].forEach((value, index) => expect(y[index]).toBeCloseTo(value, 6));
  });

  it('reshape, clamp and gather move elements', () => {
    expect(run(single('reshape', [real('x', [2, 2])], real('y', [4]), {}), Float32Array.of(1, NaN, -0, 4))).toEqual([1, NaN, -0, 4]);
    const clamp = single('clamp', [real('x', [4])], real('y', [4]), { activation: 'relu6' });
    expect(run(clamp, Float32Array.of(-1, 3, 7, NaN))).toEqual([0, 3, 6, NaN]);
    const gather = single('gather', [real('table', [3, 2], [1, 2, 3, 4, 5, 6]), indices([4])], real('y', [4, 2]), { axis: 0 });
    expect(run(gather, Int32Array.of(2, 0, -7, 99))).toEqual([5, 6, 1, 2, 1, 2, 5, 6]);
    const coded = single('gather', [real('x', [3]), activation('i', [2])], real('y', [2]), { axis: 0 });
    expectRejected(coded, /indices 'i' are int8; gather supports int32/);
    expectRejected(single('gather', [real('x', [3]), indices([2])], real('y', [2]), { axis: 1 }), /has 1 dimensions; the attribute 'axis' is 1/);
    expectRejected(single('reshape', [real('x', [4])], activation('y', [4]), {}), /output 'y' is int8; must be float32 as the input/);
  });

  it('pad surrounds with 0, or with the zero point of codes', () => {
    const attributes = { before: [1, 0], after: [0, 2] };
    expect(run(single('pad', [real('x', [1, 2])], real('y', [2, 4]), attributes), Float32Array.of(3, 4))).toEqual([0, 0, 0, 0, 3, 4, 0, 0]);
    const coded = single('pad', [activation('x', [1, 2], 0.5, -7)], activation('y', [2, 4], 0.5, -7), attributes);
    expect(interpret(coded, [Int8Array.of(3, 4)], 'float')[0]).toEqual(Int8Array.of(-7, -7, -7, -7, 3, 4, -7, -7));
    const short = single('pad', [real('x', [1, 2])], real('y', [2, 4]), { before: [1], after: [0, 2] });
    expectRejected(short, /attribute 'before' is \[1\], must be 2 integers/);
    expectRejected(single('pad', [real('x', [1, 2])], real('y', [1, 4]), attributes), /pad gives float32 2x4/);
  });

  it('gather moves int8 rows along any axis', () => {
    const next = random(3);
    const graph = single('gather', [activation('x', [2, 3, 2]), indices([2])], activation('y', [2, 2, 2]), { axis: 1 });
    const x = codes(next, 12);
    const y = interpret(graph, [x, Int32Array.of(2, 1)], 'float')[0];
    expect(y).toEqual(Int8Array.of(x[4]!, x[5]!, x[2]!, x[3]!, x[10]!, x[11]!, x[8]!, x[9]!));
  });
});

describe('expF32', () => {
  it('is within 2 units in the last place from 0 to -87, and constant below', () => {
    let worst = 0;
    for (let step = 0; step <= 87000; step++) {
      const x = Math.fround(-step / 1000);
      const exact = exp(x);
      const unit = 2 ** (Math.floor(Math.log2(exact)) - 23);
      worst = Math.max(worst, Math.abs(expF32(x) - exact) / unit);
    }
    expect(worst).toBeLessThanOrEqual(2);
    expect(expF32(0)).toBe(1);
    expect(expF32(-200)).toBe(expF32(-87));
  });
});
