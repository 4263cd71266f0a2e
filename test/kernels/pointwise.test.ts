import { describe, expect, it } from 'vitest';
import { xorshift } from '../xorshift.ts';
import { machineOf, modules, randomCodes, requantized, rounding, type Field } from './harness.ts';

const COUNTS = [1, 7, 15, 16, 17, 31, 32, 33, 64, 100, 1024, 1031];

describe.each(modules)('add_qs8, %s module', (name) => {
  const machine = machineOf(name);
  const [factorA, factorB, bias, shift, zero] = [1_534_017, -904_112, 77_000_001, 20, -9] as const;

  function call(count: number, block: number, inPlaceOf?: string) {
    const random = xorshift(count);
    const [a, b] = [randomCodes(count, random), randomCodes(count, random)];
    const fields: Record<string, Field> = {
      A: { bytes: a }, B: { bytes: b }, OUTPUT: 'output', COUNT: count, BLOCK: block, A_STEP: 1, B_STEP: 1, RANK: 0, DIMS: 0,
      FACTOR_A: { splat: 'i32', value: factorA }, FACTOR_B: { splat: 'i32', value: factorB }, BIAS: { splat: 'i32', value: bias }, SHIFT: shift,
      ZERO: { splat: 'i32', value: (zero << 16) | (zero & 0xffff) }, MIN: { splat: 'i8', value: -101 }, MAX: { splat: 'i8', value: 117 },
    };
    const expected = Int8Array.from({ length: count }, (_, i) => {
      const sum = (a[i]! * factorA + b[i]! * factorB + bias) >> shift;
      return Math.max(-101, Math.min(117, sum + zero));
    });
    const base = { kernel: 'add_qs8', params: 'AddParams', fields, outputBytes: count, scratchBytes: 16, units: Math.ceil(count / block) } as const;
    return { call: inPlaceOf === undefined ? base : { ...base, inPlaceOf }, expected };
  }

  it('equals integer arithmetic for every remainder and split', () => {
    for (const count of COUNTS) {
      for (const block of [16, 64, 48, count]) {
        const { call: add, expected } = call(count, block);
        expect(new Int8Array(machine.run(add).buffer), `${count} in blocks of ${block}`).toEqual(expected);
        expect(new Int8Array(machine.run(add, [1, 3]).buffer)).toEqual(expected);
      }
    }
  });

  it.each(['A', 'B'])('may overwrite %s', (operand) => {
    for (const count of COUNTS) {
      const { call: add, expected } = call(count, 32, operand);
      expect(new Int8Array(machine.run(add, [1, 2]).buffer), `${count}`).toEqual(expected);
    }
  });
});

interface Pool {
  readonly input: readonly [batch: number, height: number, width: number, channels: number];
  readonly kernel: readonly [number, number];
  readonly strides?: readonly [number, number];
  /** Top, left, bottom, right. */
  readonly pads?: readonly [number, number, number, number];
}

const POOLS: readonly Pool[] = [
  { input: [1, 6, 6, 16], kernel: [6, 6] },
  { input: [1, 25, 5, 64], kernel: [25, 5] },
  { input: [2, 7, 5, 3], kernel: [2, 2], strides: [2, 2], pads: [0, 0, 1, 1] },
  { input: [1, 7, 7, 17], kernel: [3, 3], pads: [1, 1, 1, 1] },
  { input: [1, 8, 6, 33], kernel: [3, 2], strides: [3, 1], pads: [1, 1, 1, 0] },
  { input: [1, 1, 1, 1], kernel: [1, 1] },
  { input: [1, 2, 2, 48], kernel: [5, 5], pads: [2, 2, 2, 2] },
];

describe.each(modules)('pooling, %s module', (name) => {
  const machine = machineOf(name);

  it.each(['avgpool2d_qs8', 'maxpool2d_qs8'])('%s equals the scalar loop', (kernel) => {
    for (const pool of POOLS) {
      const { strides = [1, 1], pads = [0, 0, 0, 0] } = pool;
      const [batch, height, width, channels] = pool.input;
      const outputHeight = Math.floor((height + pads[0] + pads[2] - pool.kernel[0]) / strides[0]) + 1;
      const outputWidth = Math.floor((width + pads[1] + pads[3] - pool.kernel[1]) / strides[1]) + 1;
      const input = randomCodes(batch * height * width * channels, xorshift(height * channels));
      const taps = pool.kernel[0] * pool.kernel[1];
      const reciprocals = Float32Array.from({ length: taps + 1 }, (_, count) => (count === 0 ? 0 : 1 / count));
      const expected = new Int8Array(batch * outputHeight * outputWidth * channels);
      let at = 0;
      for (let row = 0; row < batch * outputHeight; row++) for (let ox = 0; ox < outputWidth; ox++) for (let c = 0; c < channels; c++) {
        const [n, oy] = [Math.floor(row / outputHeight), row % outputHeight];
        const codes: number[] = [];
        for (let ky = 0; ky < pool.kernel[0]; ky++) for (let kx = 0; kx < pool.kernel[1]; kx++) {
          const [y, x] = [oy * strides[0] - pads[0] + ky, ox * strides[1] - pads[1] + kx];
          if (y >= 0 && y < height && x >= 0 && x < width) codes.push(input[((n * height + y) * width + x) * channels + c]!);
        }
        const sum = codes.reduce((total, code) => total + code, 0);
        expected[at++] = kernel === 'avgpool2d_qs8'
          ? requantized(sum, reciprocals[codes.length]!, 0, -90, 95)
          : Math.max(-90, Math.min(95, Math.max(...codes)));
      }
      const fields: Record<string, Field> = {
        INPUT: { bytes: input }, OUTPUT: 'output', CHANNELS: channels, INPUT_HEIGHT: height, INPUT_WIDTH: width,
        OUTPUT_HEIGHT: outputHeight, OUTPUT_WIDTH: outputWidth, KERNEL_HEIGHT: pool.kernel[0], KERNEL_WIDTH: pool.kernel[1],
        STRIDE_HEIGHT: strides[0], STRIDE_WIDTH: strides[1], PAD_TOP: pads[0], PAD_LEFT: pads[1],
        RECIPROCALS: { bytes: reciprocals }, LIFT: 0, BIAS: { splat: 'f32', value: 0 }, ...rounding(0, -90, 95),
      };
      const call = { kernel, params: 'Pool2dParams', fields, outputBytes: expected.length, scratchBytes: 16, units: batch * outputHeight } as const;
      expect(new Int8Array(machine.run(call).buffer), JSON.stringify(pool)).toEqual(expected);
      expect(new Int8Array(machine.run(call, [1, 2]).buffer), JSON.stringify(pool)).toEqual(expected);
    }
  });
});

describe.each(modules)('softmax_qs8, %s module', (name) => {
  const machine = machineOf(name);

  it('equals float32 arithmetic in index order', () => {
    const table = Float32Array.from({ length: 256 }, (_, d) => Math.fround(1 / (1 + d * d * 0.003)));
    for (const columns of [1, 2, 3, 10, 12, 257]) {
      const rows = 3;
      const input = randomCodes(rows * columns, xorshift(columns));
      if (columns > 1) input.fill(-128, 0, columns).fill(127, columns - 1, columns);
      const expected = new Int8Array(rows * columns);
      for (let row = 0; row < rows; row++) {
        const codes = input.subarray(row * columns, (row + 1) * columns);
        const most = codes.reduce((a, b) => Math.max(a, b));
        const sum = codes.reduce((total, code) => Math.fround(total + table[most - code]!), 0);
        const factor = Math.fround(256 / sum);
        codes.forEach((code, i) => {
          const rounded = Math.fround(Math.fround(table[most - code]! * factor) + 12582912) - 12582912;
          expected[row * columns + i] = Math.min(127, rounded - 128);
        });
      }
      const output = machine.run({
        kernel: 'softmax_qs8', params: 'SoftmaxParams', outputBytes: rows * columns, scratchBytes: 0, units: rows,
        fields: { INPUT: { bytes: input }, OUTPUT: 'output', COLUMNS: columns, TABLE: { bytes: table } },
      }, [1]);
      expect(new Int8Array(output.buffer), `${columns} columns`).toEqual(expected);
    }
  });
});

describe.each(modules)('copy_x8, %s module', (name) => {
  const machine = machineOf(name);

  it('copies every range once and nothing else', () => {
    for (const count of COUNTS) {
      const input = randomCodes(count, xorshift(count));
      const output = machine.run({
        kernel: 'copy_x8', params: 'CopyParams', outputBytes: count, scratchBytes: 0, units: Math.ceil(count / 64),
        fields: { INPUT: { bytes: input }, OUTPUT: 'output', BYTES: count, BLOCK: 64 },
      }, [1, 5]);
      expect(new Int8Array(output.buffer)).toEqual(input);
    }
  });
});
