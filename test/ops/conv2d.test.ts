import { describe, expect, it } from 'vitest';
import { compile } from '../../sdk/compile/compile.ts';
import { PlanError } from '../../sdk/core/errors.ts';
import type { Attribute, Tensor } from '../../sdk/ir/graph.ts';
import { REQUANTIZE_MODES } from '../../sdk/ops/types.ts';
import { activation, bias, codes, CONVOLUTION, random, single, weights } from './graphs.ts';
import { expectNearest, expectRejected, onlyStep, realValues, run } from './run.ts';

interface Shape {
  readonly input: readonly [n: number, h: number, w: number, c: number];
  readonly kernel: readonly [o: number, h: number, w: number, i: number];
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  readonly pads: readonly [top: number, left: number, bottom: number, right: number];
}

/** Real convolution of a zero-padded picture. */
function realConvolution(x: readonly number[], w: readonly number[], shape: Shape, output: readonly number[]): number[] {
  const { input, kernel, strides, dilations, pads } = shape;
  const [n, h, width, c] = input;
  const [o, kh, kw, i] = kernel;
  const at = (b: number, y: number, z: number, channel: number): number => (
    y < 0 || z < 0 || y >= h || z >= width ? 0 : x[((b * h + y) * width + z) * c + channel]!
  );
  const result: number[] = [];
  for (let b = 0; b < n; b++) for (let y = 0; y < output[1]!; y++) for (let z = 0; z < output[2]!; z++) for (let k = 0; k < o; k++) {
    let sum = 0;
    for (let r = 0; r < kh; r++) for (let q = 0; q < kw; q++) for (let j = 0; j < i; j++) {
      const group = Math.floor(k / (o / (c / i)));
      const value = at(b, y * strides[0] + r * dilations[0] - pads[0], z * strides[1] + q * dilations[1] - pads[1], group * i + j);
      sum += value * w[((k * kh + r) * kw + q) * i + j]!;
    }
    result.push(sum);
  }
  return result;
}

const plain = { strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0] } as const;

const cases: readonly (readonly [string, Shape, readonly number[]])[] = [
  ['1x1', { ...plain, input: [1, 4, 3, 5], kernel: [7, 1, 1, 5] }, [1, 4, 3, 7]],
  ['3x3 same', { ...plain, input: [1, 5, 5, 3], kernel: [4, 3, 3, 3], pads: [1, 1, 1, 1] }, [1, 5, 5, 4]],
  ['3x3 stride 2, uneven pads', { ...plain, input: [2, 6, 7, 2], kernel: [3, 3, 3, 2], strides: [2, 2], pads: [0, 1, 1, 1] }, [2, 3, 4, 3]],
  ['dilated', { ...plain, input: [1, 9, 8, 2], kernel: [3, 3, 2, 2], dilations: [2, 3], pads: [2, 1, 2, 2] }, [1, 9, 8, 3]],
  ['10x4 on one channel', { ...plain, input: [1, 12, 6, 1], kernel: [5, 10, 4, 1], strides: [2, 2], pads: [4, 1, 4, 1] }, [1, 6, 3, 5]],
  ['two groups', { ...plain, input: [1, 4, 4, 6], kernel: [4, 3, 3, 3] }, [1, 2, 2, 4]],
];

describe('conv2d', () => {
  it('computes a small case by hand', () => {
    // Codes above the zero point 1, 2, 3: 1 * 2 - 2 * 1 + 4 and 2 * 2 - 3 * 1 + 4; 0.5 * 0.5 is the output scale.
    const graph = single(
      'conv2d',
      [activation('x', [1, 1, 3, 1], 0.5, -10), weights([1, 1, 2, 1], [2, -1], [0.5]), bias([4])],
      activation('y', [1, 1, 2, 1], 0.25, 3),
      CONVOLUTION,
    );
    expect([...run(graph, [Int8Array.of(-9, -8, -7)])]).toEqual([4 + 3, 5 + 3]);
  });

  it.each(cases)('%s gives nearest codes in all modes', (_name, shape, output) => {
    const next = random(7);
    const count = shape.kernel.reduce((product, extent) => product * extent, 1);
    const scales = Array.from({ length: shape.kernel[0] }, (__, channel) => 0.01 + channel / 500);
    const x = activation('x', shape.input, 0.05, 17);
    const w = weights(shape.kernel, codes(next, count, -127), scales);
    const b = bias(Array.from({ length: shape.kernel[0] }, () => Math.floor(next() * 200) - 100));
    const y = activation('y', output, 0.4, -11);
    const graph = single('conv2d', [x, w, b], y, { ...CONVOLUTION, strides: shape.strides, dilations: shape.dilations, pads: shape.pads });
    const input = codes(next, shape.input.reduce((product, extent) => product * extent, 1));
    const weightValues = Array.from(
      new Int8Array(w.data!.buffer), (code, index) => code * Math.fround(scales[Math.floor(index / (count / scales.length))]!),
    );
    const biasValues = new Int32Array(b.data!.buffer);
    const reals = realConvolution(realValues(x, input), weightValues, shape, output)
      .map((sum, index) => sum + biasValues[index % scales.length]! * Math.fround(0.05) * Math.fround(scales[index % scales.length]!));
    for (const mode of REQUANTIZE_MODES) expectNearest(run(graph, [input], mode), reals, y);
  });

  it('clamps to the activation in output codes', () => {
    const graph = (name: string): ReturnType<typeof single> => single(
      'conv2d',
      [activation('x', [1, 1, 3, 1], 1), weights([1, 1, 1, 1], [10], [1])],
      activation('y', [1, 1, 3, 1], 0.5, -20),
      { ...CONVOLUTION, activation: name },
    );
    const input = Int8Array.of(-10, 0, 10);
    expect([...run(graph('none'), [input])]).toEqual([-128, -20, 127]);
    expect([...run(graph('relu'), [input])]).toEqual([-20, -20, 127]);
    expect([...run(graph('relu6'), [input])]).toEqual([-20, -20, -8]);
    expect([...run(graph('relu-n1-to-1'), [input])]).toEqual([-22, -20, -18]);
  });

  const x = activation('x', [1, 4, 4, 2]);
  const w = weights([3, 2, 2, 2], new Int8Array(24).fill(1));
  const y = activation('y', [1, 3, 3, 3]);
  const changed = (tensor: Tensor, change: Partial<Tensor>): Tensor => ({ ...tensor, ...change });

  it.each<readonly [string, readonly Tensor[], Tensor, Readonly<Record<string, Attribute>>, RegExp]>([
    ['int16 input', [changed(x, { dtype: 'int16' }), w], y, {}, /input 'x' is int16; conv2d supports int8/],
    ['no input quantization', [{ name: 'x', dtype: 'int8', shape: x.shape }, w], y, {}, /input 'x' has no quantization/],
    ['scale of 0', [activation('x', x.shape, 0), w], y, {}, /input 'x' has scales \[0\]/],
    ['scale beyond float32', [changed(x, { quantization: { scales: [1e300], zeroPoints: [0] } }), w], y, {}, /must be one finite scale/],
    ['zero point of 128', [activation('x', x.shape, 1, 128), w], y, {}, /zero points \[128\]/],
    ['rank 3', [activation('x', [4, 4, 2]), w], y, {}, /has shape 4x4x2; conv2d needs 4 dimensions/],
    ['weights of rank 3', [x, weights([3, 4, 2], new Int8Array(24))], y, {}, /weights .* need.* 4 dimensions/],
    ['weights with a zero point', [x, changed(w, { quantization: { scales: [1], zeroPoints: [1] } })], y, {}, /zero point 1 in channel 0; must be 0/],
    ['weights with two scales', [x, weights(w.shape, new Int8Array(24), [1, 2])], y, {}, /have 2 scales; must be 1 or one for each of 3/],
    [
      'weights along another axis',
      [x, weights(w.shape, new Int8Array(24), [1, 2, 3], 3)],
      y,
      {},
      /along axis 3; conv2d needs the output channel axis 0/,
    ],
    ['weights that are computed', [x, { name: 'w', dtype: 'int8', shape: w.shape }], y, {}, /weights 'w' are computed at run time/],
    ['bias of another length', [x, w, bias([1, 2])], y, {}, /bias 'bias' has shape 2; must have one value for each of 3/],
    ['bias of as many values along another axis', [x, w, { ...bias([1, 2, 3]), shape: [3, 1] }], y, {}, /bias 'bias' has shape 3x1; must have one value/],
    ['channels that do not divide', [activation('x', [1, 4, 4, 3]), w], y, {}, /do not divide 3 input channels/],
    ['stride of 0', [x, w], y, { strides: [0, 1] }, /attribute 'strides' is \[0,1\], must be 2 integers from 1/],
    ['unknown activation', [x, w], y, { activation: 'tanh' }, /attribute 'activation' is "tanh", must be one of none, relu/],
    ['unknown attribute', [x, w], y, { padding: 'same' }, /unknown attribute 'padding'/],
    ['a pad as large as the window', [x, w], y, { pads: [2, 0, 0, 0] }, /height pads 2 and 0 must be less than the window's 2/],
    ['a window larger than the input', [x, w], y, { dilations: [5, 1] }, /input height 4 with pads 0 and 0 is less than the window's 6/],
    ['another declared shape', [x, w], activation('y', [1, 4, 4, 3]), {}, /declared as int8 1x4x4x3, conv2d gives int8 1x3x3x3/],
  ])('rejects %s', (_name, inputs, output, attributes, message) => {
    expectRejected(single('conv2d', inputs, output, { ...CONVOLUTION, ...attributes }), /^operator 0 conv2d: /, message);
  });

  it('takes a bias with extents of 1 before its channels', () => {
    const b = bias([1, 2, 3]);
    const outputs = [b, changed(b, { shape: [1, 1, 3] })].map((tensor) => run(single('conv2d', [x, w, tensor], y, CONVOLUTION), [new Int8Array(32)]));
    expect(outputs[1]).toEqual(outputs[0]);
  });

  it('tolerates per-channel bias quantization on a wrong axis', () => {
    const b = changed(bias([1, 2, 3]), { quantization: { scales: [1, 1, 1], zeroPoints: [0, 0, 0], axis: 3 } });
    expect(run(single('conv2d', [x, w, b], y, CONVOLUTION), [new Int8Array(32)])).toHaveLength(27);
  });
});

describe('lowering of conv2d', () => {
  it('emits gemm for 1x1 windows with stride 1', () => {
    const step = onlyStep(single(
      'conv2d', [activation('x', [1, 6, 6, 40]), weights([24, 1, 1, 40], new Int8Array(960))], activation('y', [1, 6, 6, 24]), CONVOLUTION,
    ));
    expect(step).toMatchObject({ kernel: 'gemm_qs8_qc8w', params: 'GemmParams', fields: { ROWS: 36, COLUMNS: 24, DEPTH: 40 }, macs: 36 * 24 * 40 });
  });

  it('emits conv2d for strided 1x1 windows', () => {
    const graph = single(
      'conv2d',
      [activation('x', [1, 6, 6, 4]), weights([8, 1, 1, 4], new Int8Array(32))],
      activation('y', [1, 3, 3, 8]),
      { ...CONVOLUTION, strides: [2, 2] },
    );
    expect(onlyStep(graph)).toMatchObject({ kernel: 'conv2d_qs8_qc8w', params: 'Conv2dParams', fields: { ROWS: 9, STRIDE_HEIGHT: 2 } });
  });

  it('states window, padding value, clamps and multiply-accumulates without padding taps', () => {
    const graph = single(
      'conv2d', [activation('x', [1, 3, 3, 2], 0.05, -7), weights([4, 3, 3, 2], new Int8Array(72))], activation('y', [1, 3, 3, 4], 0.1, 20),
      { ...CONVOLUTION, pads: [1, 1, 1, 1], activation: 'relu6' },
    );
    const step = onlyStep(graph);
    // Valid taps: (2 + 3 + 2) rows times (2 + 3 + 2) columns.
    expect(step.macs).toBe(49 * 2 * 4);
    expect(step.fields).toMatchObject({
      PAD_VALUE: -7,
      PAD_TOP: 1,
      DEPTH: 18,
      MIN: { splat: 'i8', value: 20 },
      MAX: { splat: 'i8', value: 80 },
      OFFSET: { splat: 'i32', value: 0x4b400000 - 20 },
    });
  });

  it('takes weights and bias from the file and embeds only scales', () => {
    const graph = single(
      'conv2d',
      [activation('x', [1, 2, 2, 2]), weights([3, 1, 1, 2], [1, 2, 3, 4, 5, 6]), bias([1, 2, 3])],
      activation('y', [1, 2, 2, 3], 0.1),
      CONVOLUTION,
    );
    const { constants } = compile(graph);
    expect(constants.map(({ layout, tensor, data }) => [layout.kind, tensor, data?.byteLength])).toEqual([
      ['gemm-weights', 1, undefined], ['gemm-bias', 2, undefined], ['gemm-scale', undefined, 12],
    ]);
    expect(constants[1]!.layout).toEqual({ kind: 'gemm-bias', columns: 3, depth: 2, weights: 0, inputZeroPoint: 0 });
    const scale = Math.fround(Math.fround(Math.fround(0.05) * Math.fround(0.02)) / Math.fround(0.1));
    expect([...new Float32Array(constants[2]!.data!.slice().buffer)]).toEqual([scale, scale, scale]);
  });

  it('makes grouped weights dense', () => {
    const graph = single('conv2d', [activation('x', [1, 1, 1, 4]), weights([2, 1, 1, 2], [1, 2, 3, 4])], activation('y', [1, 1, 1, 2]), CONVOLUTION);
    const { constants, steps } = compile(graph);
    expect([...new Int8Array(constants[0]!.data!.slice().buffer)]).toEqual([1, 2, 0, 0, 0, 0, 3, 4]);
    expect(steps[0]).toMatchObject({ macs: 4, fields: { DEPTH: 4 } });
  });

  it('refuses accumulators that may overflow and names the channel', () => {
    const build = (value: number, scale: number): ReturnType<typeof single> => single(
      'conv2d',
      [activation('x', [1, 1, 1, 1], 1), weights([2, 1, 1, 1], [1, 1], [1]), bias([0, value])],
      activation('y', [1, 1, 1, 2], scale),
      CONVOLUTION,
    );
    expect(() => compile(build(2147483600, 1))).toThrow(/channel 1 may sum up to 2147483727, past int32/);
    expect(() => compile(build(1_000_000, 0.1))).toThrow(PlanError);
    expect(() => compile(build(1_000_000, 0.1))).toThrow(/operator 0 conv2d: channel 1 may reach 1000127 \* 10 output steps/);
    expect(compile(build(1_000_000, 1)).steps).toHaveLength(1);
  });

  it('refuses sums too long for int32', () => {
    const depth = 65794;
    const graph = single(
      'conv2d',
      [activation('x', [1, 1, 1, depth]), weights([1, 1, 1, depth], new Int8Array(depth))],
      activation('y', [1, 1, 1, 1]),
      CONVOLUTION,
    );
    expect(() => compile(graph)).toThrow(/sums 65794 products; more than 65793 may overflow int32/);
  });
});
