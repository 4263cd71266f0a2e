import { describe, expect, it } from 'vitest';
import type { DotVariant } from '../../sdk/runtime/pack/types.ts';
import { xorshift } from '../xorshift.ts';
import { machineOf, modules, packed, randomBias, randomCodes, randomScales, requantized, rounding, type Machine } from './harness.ts';

interface Case {
  readonly input: readonly [batch: number, height: number, width: number, channels: number];
  readonly kernel: readonly [height: number, width: number];
  readonly outputs: number;
  readonly strides?: readonly [number, number];
  readonly dilations?: readonly [number, number];
  /** Top, left, bottom, right. */
  readonly pads?: readonly [number, number, number, number];
  readonly zeroPoint?: number;
  readonly blockRows?: number;
  readonly blockColumns?: number;
}

function geometry(test: Case) {
  const { strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0] } = test;
  const [batch, height, width, channels] = test.input;
  const [kernelHeight, kernelWidth] = test.kernel;
  const outputHeight = Math.floor((height + pads[0] + pads[2] - (kernelHeight - 1) * dilations[0] - 1) / strides[0]) + 1;
  const outputWidth = Math.floor((width + pads[1] + pads[3] - (kernelWidth - 1) * dilations[1] - 1) / strides[1]) + 1;
  const random = xorshift(height * 31 + width * 17 + channels * 7 + kernelHeight + test.outputs);
  const depth = kernelHeight * kernelWidth * channels;
  return {
    strides, dilations, pads, batch, height, width, channels, kernelHeight, kernelWidth, outputHeight, outputWidth, depth,
    zeroPoint: test.zeroPoint ?? -3,
    rows: batch * outputHeight * outputWidth,
    input: randomCodes(batch * height * width * channels, random),
    weights: randomCodes(test.outputs * depth, random, -127),
    bias: randomBias(test.outputs, random, 3000),
    scale: randomScales(test.outputs, random, 6000 * Math.sqrt(depth)),
  };
}

function reference(test: Case): Int8Array {
  const g = geometry(test);
  const output = new Int8Array(g.rows * test.outputs);
  let at = 0;
  for (let n = 0; n < g.batch; n++) for (let oy = 0; oy < g.outputHeight; oy++) for (let ox = 0; ox < g.outputWidth; ox++) {
    for (let o = 0; o < test.outputs; o++) {
      let sum = g.bias[o]!;
      for (let ky = 0; ky < g.kernelHeight; ky++) for (let kx = 0; kx < g.kernelWidth; kx++) {
        const y = oy * g.strides[0] - g.pads[0] + ky * g.dilations[0];
        const x = ox * g.strides[1] - g.pads[1] + kx * g.dilations[1];
        if (y < 0 || y >= g.height || x < 0 || x >= g.width) continue;
        for (let c = 0; c < g.channels; c++) {
          const code = g.input[((n * g.height + y) * g.width + x) * g.channels + c]! - g.zeroPoint;
          sum += code * g.weights[o * g.depth + (ky * g.kernelWidth + kx) * g.channels + c]!;
        }
      }
      output[at++] = requantized(sum, g.scale[o]!, 5, -120, 119);
    }
  }
  return output;
}

function run(machine: Machine, dot: DotVariant, test: Case, splits: readonly number[] = []): Int8Array {
  const g = geometry(test);
  const { blockRows = 12, blockColumns = Math.ceil(test.outputs / 8) * 8 } = test;
  const { depth, zeroPoint } = g;
  const columns = test.outputs;
  const output = machine.run({
    kernel: `conv2d_qs8_qc8w_${dot}`,
    params: 'Conv2dParams',
    fields: {
      INPUT: { bytes: g.input },
      WEIGHTS: packed(machine, dot, { kind: 'gemm-weights', columns, depth }, g.weights),
      BIAS: packed(machine, dot, { kind: 'gemm-bias', columns, depth, weights: 0, inputZeroPoint: zeroPoint }, g.bias, g.weights),
      SCALE: packed(machine, dot, { kind: 'gemm-scale', columns }, g.scale),
      OUTPUT: 'output', ROWS: g.rows, COLUMNS: columns, DEPTH: depth, BLOCK_ROWS: blockRows, BLOCK_COLUMNS: blockColumns, WEIGHT_ZERO: 0,
      ...rounding(5, -120, 119),
      FLIP: { splat: 'i8', value: machine.unsignedSecond ? -128 : 0 },
      INPUT_HEIGHT: g.height, INPUT_WIDTH: g.width, INPUT_CHANNELS: g.channels, OUTPUT_HEIGHT: g.outputHeight, OUTPUT_WIDTH: g.outputWidth,
      KERNEL_HEIGHT: g.kernelHeight, KERNEL_WIDTH: g.kernelWidth, STRIDE_HEIGHT: g.strides[0], STRIDE_WIDTH: g.strides[1],
      DILATION_HEIGHT: g.dilations[0], DILATION_WIDTH: g.dilations[1], PAD_TOP: g.pads[0], PAD_LEFT: g.pads[1], PAD_VALUE: zeroPoint,
    },
    outputBytes: g.rows * columns,
    scratchBytes: 2 * blockRows * (Math.ceil(depth / 16) * 16 + 4) + 256,
    units: Math.ceil(g.rows / blockRows) * Math.ceil(columns / blockColumns),
  }, splits);
  return new Int8Array(output.buffer);
}

const CASES: Readonly<Record<string, Case>> = {
  '3x3 on 3 channels, stride 2, padding right and bottom': {
    input: [1, 12, 14, 3], kernel: [3, 3], outputs: 8, strides: [2, 2], pads: [0, 0, 1, 1], zeroPoint: -1,
  },
  '3x3 on 16 channels, same padding': { input: [1, 9, 7, 16], kernel: [3, 3], outputs: 17, pads: [1, 1, 1, 1], zeroPoint: -128 },
  'odd size, stride 2, same padding': { input: [1, 9, 11, 5], kernel: [3, 3], outputs: 12, strides: [2, 2], pads: [1, 1, 1, 1], zeroPoint: 127 },
  'batch of 3': { input: [3, 5, 4, 4], kernel: [2, 3], outputs: 9, pads: [1, 1, 0, 1] },
  'dilation 2 and 3': { input: [1, 11, 13, 6], kernel: [3, 3], outputs: 8, dilations: [2, 3], pads: [2, 3, 2, 3] },
  'dilation in height only': { input: [1, 11, 6, 6], kernel: [3, 2], outputs: 4, dilations: [3, 1], pads: [1, 0, 1, 1] },
  '10x4 on 1 channel': { input: [1, 49, 10, 1], kernel: [10, 4], outputs: 64, strides: [2, 2], pads: [4, 1, 5, 1], blockRows: 24, blockColumns: 16 },
  'kernel larger than the input': { input: [1, 2, 3, 3], kernel: [5, 5], outputs: 3, pads: [2, 2, 2, 2] },
  'one pixel out': { input: [1, 4, 4, 9], kernel: [4, 4], outputs: 10 },
  '1x1, stride 2': { input: [1, 7, 7, 20], kernel: [1, 1], outputs: 24, strides: [2, 2], blockRows: 6 },
  'unequal strides': { input: [1, 10, 10, 2], kernel: [3, 1], outputs: 8, strides: [1, 3], pads: [1, 0, 1, 0], blockRows: 1 },
  'lines of 32 channels, batch of 2, blocks across images': {
    input: [2, 6, 5, 32], kernel: [3, 3], outputs: 24, pads: [1, 1, 1, 1], blockRows: 18, zeroPoint: -128,
  },
  'lines, stride 2, unequal padding': { input: [1, 9, 12, 16], kernel: [3, 3], outputs: 9, strides: [2, 2], pads: [0, 1, 1, 0], blockRows: 30 },
  'lines, stride 3, columns left over': { input: [1, 13, 14, 16], kernel: [3, 3], outputs: 8, strides: [3, 3], blockRows: 20 },
  'lines, dilation in height, wide padding': {
    input: [1, 8, 6, 8], kernel: [3, 4], outputs: 16, dilations: [2, 1], pads: [3, 3, 2, 1], blockRows: 36,
  },
  'lines of 5x5 on 16 channels': { input: [1, 7, 9, 16], kernel: [5, 5], outputs: 20, pads: [2, 2, 2, 2], blockRows: 40, blockColumns: 16 },
  'long runs': { input: [1, 4, 5, 40], kernel: [3, 3], outputs: 8, pads: [1, 1, 1, 1] },
};

describe.each(modules)('conv2d_qs8_qc8w, %s module', (name) => {
  const machine = machineOf(name);

  describe.each(machine.dots)('%s', (dot) => {
    it.each(Object.keys(CASES))('%s', (title) => {
      const test = CASES[title]!;
      const expected = reference(test);
      expect(run(machine, dot, test)).toEqual(expected);
      expect(run(machine, dot, test, [1, 2, 3])).toEqual(expected);
      expect(run(machine, dot, { ...test, blockRows: 7, blockColumns: 8 }, [2])).toEqual(expected);
    });
  });
});
