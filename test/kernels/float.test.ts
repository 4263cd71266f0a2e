import { describe, expect, it } from 'vitest';
import { expF32, expTable } from '../../sdk/ops/exp-f32.ts';
import { xorshift } from '../xorshift.ts';
import { machineOf, modules, packed, type Field, type Machine } from './harness.ts';

const f = Math.fround;

/** Reals between -2 and 2 with 24-bit fractions. */
function reals(count: number, seed: number): Float32Array {
  const next = xorshift(seed);
  return Float32Array.from({ length: count }, () => next() / 2 ** 30 - 2);
}

function clampFields(least: number, most: number): Record<'MIN' | 'MAX', Field> {
  return { MIN: { splat: 'f32', value: least }, MAX: { splat: 'f32', value: most } };
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}

function floats(bytes: Uint8Array): Float32Array {
  return new Float32Array(bytes.buffer);
}

const LIMIT = f(1.5);

interface Product {
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
  readonly blockRows?: number;
  readonly blockColumns?: number;
}

function runGemm(machine: Machine, product: Product, splits: readonly number[] = []) {
  const { rows, columns, depth, blockRows = rows, blockColumns = Math.ceil(columns / 8) * 8 } = product;
  const [input, weights, bias] = [reals(rows * depth, 3), reals(columns * depth, 5), reals(columns, 7)];
  const output = machine.run({
    kernel: 'gemm_f32_f32w',
    params: 'GemmF32Params',
    fields: {
      INPUT: { bytes: input },
      WEIGHTS: packed(machine, 'd16', { kind: 'gemm-f32-weights', columns, depth }, weights),
      BIAS: packed(machine, 'd16', { kind: 'gemm-scale', columns }, bias),
      OUTPUT: 'output', ROWS: rows, COLUMNS: columns, DEPTH: depth, BLOCK_ROWS: blockRows, BLOCK_COLUMNS: blockColumns, ...clampFields(-LIMIT, 3),
    },
    outputBytes: 4 * rows * columns,
    scratchBytes: 32 * blockRows,
    units: Math.ceil(rows / blockRows) * Math.ceil(columns / blockColumns),
  }, splits);
  const expected = Float32Array.from({ length: rows * columns }, (_, at) => {
    const [m, n] = [Math.floor(at / columns), at % columns];
    let sum = bias[n]!;
    for (let k = 0; k < depth; k++) sum = f(sum + f(input[m * depth + k]! * weights[n * depth + k]!));
    return clamp(sum, -LIMIT, 3);
  });
  return { output: floats(output), expected };
}

describe.each(modules)('gemm_f32_f32w, %s module', (name) => {
  const machine = machineOf(name);

  it('sums in the order of the terms for every remainder of rows, columns and depth', () => {
    const depths = [1, 2, 3, 4, 5, 7, 8, 9, 37];
    for (const rows of [1, 2, 3, 4, 5, 6, 7, 8, 13]) {
      for (const columns of [1, 3, 4, 5, 7, 8, 9, 15, 16, 31, 32, 33, 43, 72]) {
        const depth = depths[(rows + columns) % depths.length]!;
        const { output, expected } = runGemm(machine, { rows, columns, depth });
        expect(output, `${rows} x ${columns} x ${depth}`).toEqual(expected);
      }
    }
  });

  it('gives the same bits for every block size and split of the units', () => {
    const base = { rows: 29, columns: 43, depth: 11 };
    for (const [blockRows, blockColumns] of [[29, 48], [12, 16], [5, 8], [1, 8], [1, 48], [4, 24]] as const) {
      for (const splits of [[], [1, 2]]) {
        const { output, expected } = runGemm(machine, { ...base, blockRows, blockColumns }, splits);
        expect(output, `blocks ${blockRows} x ${blockColumns}`).toEqual(expected);
      }
    }
  });
});

interface Window {
  readonly input: readonly [batch: number, height: number, width: number, channels: number];
  readonly kernel: readonly [number, number];
  readonly strides?: readonly [number, number];
  readonly dilations?: readonly [number, number];
  /** Top, left, bottom, right. */
  readonly pads?: readonly [number, number, number, number];
}

const WINDOWS: readonly Window[] = [
  { input: [1, 6, 7, 5], kernel: [3, 3], pads: [1, 1, 1, 1] },
  { input: [2, 9, 8, 4], kernel: [3, 3], strides: [2, 2], pads: [0, 0, 1, 1] },
  { input: [1, 5, 11, 3], kernel: [2, 4], strides: [1, 3], pads: [1, 3, 0, 2] },
  { input: [1, 10, 9, 8], kernel: [3, 3], dilations: [2, 2], pads: [2, 2, 2, 2] },
  { input: [1, 25, 10, 1], kernel: [10, 4], strides: [2, 2], pads: [4, 1, 5, 1] },
  { input: [1, 1, 1, 17], kernel: [1, 1] },
  { input: [1, 4, 9, 6], kernel: [1, 1], strides: [2, 2] },
  { input: [1, 2, 2, 9], kernel: [5, 5], pads: [2, 2, 2, 2] },
  { input: [1, 4, 2, 7], kernel: [2, 2], dilations: [3, 3], pads: [1, 1, 1, 1] },
];

function geometry({ input, kernel, strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0] }: Window) {
  const [, height, width] = input;
  const outputs = [0, 1].map((axis) => {
    const room = [height, width][axis]! + pads[axis]! + pads[axis + 2]! - (kernel[axis]! - 1) * dilations[axis]! - 1;
    return Math.floor(room / strides[axis]!) + 1;
  }) as [number, number];
  const pool = {
    INPUT_HEIGHT: height, INPUT_WIDTH: width, OUTPUT_HEIGHT: outputs[0], OUTPUT_WIDTH: outputs[1], KERNEL_HEIGHT: kernel[0], KERNEL_WIDTH: kernel[1],
    STRIDE_HEIGHT: strides[0], STRIDE_WIDTH: strides[1], PAD_TOP: pads[0], PAD_LEFT: pads[1],
  };
  /** Calls `visit` with every tap inside the input of one output: position of its pixel, number of the tap. */
  const taps = (n: number, oy: number, ox: number, visit: (pixel: number, tap: number) => void): void => {
    for (let ky = 0; ky < kernel[0]; ky++) {
      for (let kx = 0; kx < kernel[1]; kx++) {
        const [y, x] = [oy * strides[0] - pads[0] + ky * dilations[0], ox * strides[1] - pads[1] + kx * dilations[1]];
        if (y >= 0 && y < height && x >= 0 && x < width) visit((n * height + y) * width + x, ky * kernel[1] + kx);
      }
    }
  };
  return { outputs, pool, dilated: { ...pool, DILATION_HEIGHT: dilations[0], DILATION_WIDTH: dilations[1] }, taps };
}

/** Every output element in order: batch, row, column, channel. */
function each(
  batch: number, [height, width]: readonly [number, number], channels: number, element: (n: number, y: number, x: number, c: number) => number,
): Float32Array {
  return Float32Array.from({ length: batch * height * width * channels }, (_, at) => {
    const [c, pixel] = [at % channels, Math.floor(at / channels)];
    return element(Math.floor(pixel / (height * width)), Math.floor(pixel / width) % height, pixel % width, c);
  });
}

describe.each(modules)('float32 windows, %s module', (name) => {
  const machine = machineOf(name);

  it.each([1, 8, 13])('conv2d_f32_f32w with %i outputs equals the scalar loop', (columns) => {
    for (const window of WINDOWS) {
      const [batch, , , channels] = window.input;
      const { outputs, dilated, taps } = geometry(window);
      const depth = window.kernel[0] * window.kernel[1] * channels;
      const rows = batch * outputs[0] * outputs[1];
      const [input, weights, bias] = [reals(window.input.reduce((a, b) => a * b), 11), reals(columns * depth, 13), reals(columns, 17)];
      const expected = each(batch, outputs, columns, (n, y, x, o) => {
        let sum = bias[o]!;
        taps(n, y, x, (pixel, tap) => {
          for (let c = 0; c < channels; c++) sum = f(sum + f(input[pixel * channels + c]! * weights[o * depth + tap * channels + c]!));
        });
        return clamp(sum, -LIMIT, 3);
      });
      for (const blockRows of [rows, 5]) {
        const call = {
          kernel: 'conv2d_f32_f32w',
          params: 'Conv2dF32Params',
          fields: {
            INPUT: { bytes: input },
            WEIGHTS: packed(machine, 'd16', { kind: 'gemm-f32-weights', columns, depth }, weights),
            BIAS: packed(machine, 'd16', { kind: 'gemm-scale', columns }, bias),
            OUTPUT: 'output', ROWS: rows, COLUMNS: columns, DEPTH: depth, BLOCK_ROWS: blockRows, BLOCK_COLUMNS: 8, INPUT_CHANNELS: channels,
            ...dilated, ...clampFields(-LIMIT, 3),
          },
          outputBytes: 4 * rows * columns,
          scratchBytes: 4 * blockRows * (depth + 8) + 16,
          units: Math.ceil(rows / blockRows) * Math.ceil(columns / 8),
        } as const;
        expect(floats(machine.run(call, [1, 2])), JSON.stringify(window)).toEqual(expected);
      }
    }
  });

  it('dwconv2d_f32_f32w equals the scalar loop', () => {
    for (const window of WINDOWS) {
      const [batch, , , channels] = window.input;
      const { outputs, dilated, taps } = geometry(window);
      const weights = reals(window.kernel[0] * window.kernel[1] * channels, 13);
      const [input, bias] = [reals(window.input.reduce((a, b) => a * b), 11), reals(channels, 17)];
      const expected = each(batch, outputs, channels, (n, y, x, c) => {
        let sum = bias[c]!;
        taps(n, y, x, (pixel, tap) => {
          sum = f(sum + f(input[pixel * channels + c]! * weights[tap * channels + c]!));
        });
        return clamp(sum, -LIMIT, 3);
      });
      const output = machine.run({
        kernel: 'dwconv2d_f32_f32w', params: 'Dwconv2dF32Params', outputBytes: expected.byteLength, scratchBytes: 0, units: batch * outputs[0],
        fields: {
          INPUT: { bytes: input }, WEIGHTS: { bytes: weights }, BIAS: { bytes: bias }, OUTPUT: 'output', CHANNELS: channels,
          ...dilated, ...clampFields(-LIMIT, 3),
        },
      }, [1, 3]);
      expect(floats(output), JSON.stringify(window)).toEqual(expected);
    }
  });

  it.each(['avgpool2d_f32', 'maxpool2d_f32'])('%s equals the scalar loop', (kernel) => {
    for (const window of WINDOWS.filter(({ dilations }) => dilations === undefined)) {
      const [batch, , , channels] = window.input;
      const { outputs, pool, taps } = geometry(window);
      const input = reals(window.input.reduce((a, b) => a * b), 11);
      const expected = each(batch, outputs, channels, (n, y, x, c) => {
        const values: number[] = [];
        taps(n, y, x, (pixel) => values.push(input[pixel * channels + c]!));
        const value = kernel === 'avgpool2d_f32' ? f(values.reduce((sum, element) => f(sum + element), 0) / values.length) : Math.max(...values);
        return clamp(value, -1, LIMIT);
      });
      const output = machine.run({
        kernel, params: 'Pool2dF32Params', outputBytes: expected.byteLength, scratchBytes: 0, units: batch * outputs[0],
        fields: { INPUT: { bytes: input }, OUTPUT: 'output', CHANNELS: channels, ...pool, ...clampFields(-1, LIMIT) },
      }, [1, 3]);
      expect(floats(output), JSON.stringify(window)).toEqual(expected);
    }
  });
});

describe.each(modules)('float32 rows, %s module', (name) => {
  const machine = machineOf(name);

  it('softmax_f32 equals float32 arithmetic in index order, in place too', () => {
    const beta = f(0.7);
    for (const columns of [1, 2, 3, 4, 5, 10, 21, 1001]) {
      const rows = 3;
      const input = reals(rows * columns, columns).map((value) => value * 40);
      const expected = new Float32Array(rows * columns);
      for (let row = 0; row < rows; row++) {
        const values = input.subarray(row * columns, (row + 1) * columns);
        const most = values.reduce((a, b) => Math.max(a, b));
        const powers = values.map((value) => expF32(f(f(value - most) * beta)));
        const sum = powers.reduce((total, power) => f(total + power), 0);
        expected.set(powers.map((power) => power / sum), row * columns);
      }
      const call = {
        kernel: 'softmax_f32', params: 'SoftmaxF32Params', outputBytes: expected.byteLength, scratchBytes: 0, units: rows,
        fields: {
          INPUT: { bytes: input }, OUTPUT: 'output', COLUMNS: columns, TABLE: { bytes: expTable() },
          BETA: new Int32Array(Float32Array.of(beta).buffer)[0]!,
        },
      } as const;
      expect(floats(machine.run(call, [1])), `${columns} columns`).toEqual(expected);
      expect(floats(machine.run({ ...call, inPlaceOf: 'INPUT' }, [2])), `${columns} columns in place`).toEqual(expected);
    }
  });

  it('clamp_f32 keeps NaN and clamps the rest, in place too', () => {
    for (const count of [1, 3, 4, 5, 64, 67]) {
      const input = reals(count, count);
      if (count > 4) input.set([NaN, Infinity, -Infinity, -0]);
      const expected = input.map((value) => (value < 0 ? 0 : value > LIMIT ? LIMIT : value));
      const call = {
        kernel: 'clamp_f32', params: 'ClampF32Params', outputBytes: 4 * count, scratchBytes: 0, units: Math.ceil(count / 16),
        fields: { INPUT: { bytes: input }, OUTPUT: 'output', COUNT: count, BLOCK: 16, ...clampFields(0, LIMIT) },
      } as const;
      expect(floats(machine.run(call, [1, 2])), `${count}`).toEqual(expected);
      expect(floats(machine.run({ ...call, inPlaceOf: 'INPUT' })), `${count} in place`).toEqual(expected);
    }
  });

  it('gather_x8 takes slices by index and never reads outside the axis', () => {
    const [outer, extent, bytes] = [2, 5, 7];
    const input = Uint8Array.from({ length: outer * extent * bytes }, (_, at) => at);
    const indices = Int32Array.of(3, 0, 4, -1, 5, 2147483647, -2147483648, 2);
    const expected = Array.from({ length: outer }, (_, o) => [...indices].map((index) => {
      const slice = (o * extent + Math.max(0, Math.min(extent - 1, index))) * bytes;
      return [...input.subarray(slice, slice + bytes)];
    })).flat(2);
    const output = machine.run({
      kernel: 'gather_x8', params: 'GatherParams', outputBytes: expected.length, scratchBytes: 0, units: outer * indices.length,
      fields: { INPUT: { bytes: input }, INDICES: { bytes: indices }, OUTPUT: 'output', COUNT: indices.length, EXTENT: extent, SLICE_BYTES: bytes },
    }, [3, 9]);
    expect([...output]).toEqual(expected);
  });
});
