import { describe, expect, it } from 'vitest';
import type { DotVariant } from '../../sdk/runtime/pack/types.ts';
import { xorshift } from '../xorshift.ts';
import { machineOf, modules, packed, randomBias, randomCodes, randomScales, requantized, rounding, type Machine } from './harness.ts';

interface Case {
  readonly input: readonly [batch: number, height: number, width: number, channels: number];
  readonly kernel?: readonly [height: number, width: number];
  readonly strides?: readonly [number, number];
  readonly dilations?: readonly [number, number];
  /** Top, left, bottom, right. */
  readonly pads?: readonly [number, number, number, number];
  readonly zeroPoint?: number;
  readonly leastWeight?: number;
  /** Clamp bounds. */
  readonly bounds?: readonly [least: number, most: number];
}

function geometry(test: Case) {
  const { kernel = [3, 3], strides = [1, 1], dilations = [1, 1], pads = [1, 1, 1, 1] } = test;
  const [batch, height, width, channels] = test.input;
  const taps = kernel[0] * kernel[1];
  const random = xorshift(height * 31 + width * 17 + channels * 7 + taps);
  return {
    kernel, strides, dilations, pads, batch, height, width, channels, taps,
    outputHeight: Math.floor((height + pads[0] + pads[2] - (kernel[0] - 1) * dilations[0] - 1) / strides[0]) + 1,
    outputWidth: Math.floor((width + pads[1] + pads[3] - (kernel[1] - 1) * dilations[1] - 1) / strides[1]) + 1,
    zeroPoint: test.zeroPoint ?? 4,
    bounds: test.bounds ?? [-110, 120],
    input: randomCodes(batch * height * width * channels, random),
    weights: randomCodes(taps * channels, random, test.leastWeight ?? -127),
    bias: randomBias(channels, random, 3000),
    scale: randomScales(channels, random, 6000 * Math.sqrt(taps)),
  };
}

function reference(test: Case): Int8Array {
  const g = geometry(test);
  const output = new Int8Array(g.batch * g.outputHeight * g.outputWidth * g.channels);
  let at = 0;
  for (let n = 0; n < g.batch; n++) for (let oy = 0; oy < g.outputHeight; oy++) for (let ox = 0; ox < g.outputWidth; ox++) {
    for (let c = 0; c < g.channels; c++) {
      let sum = g.bias[c]!;
      for (let ky = 0; ky < g.kernel[0]; ky++) for (let kx = 0; kx < g.kernel[1]; kx++) {
        const y = oy * g.strides[0] - g.pads[0] + ky * g.dilations[0];
        const x = ox * g.strides[1] - g.pads[1] + kx * g.dilations[1];
        if (y < 0 || y >= g.height || x < 0 || x >= g.width) continue;
        sum += (g.input[((n * g.height + y) * g.width + x) * g.channels + c]! - g.zeroPoint) * g.weights[(ky * g.kernel[1] + kx) * g.channels + c]!;
      }
      output[at++] = requantized(sum, g.scale[c]!, -9, ...g.bounds);
    }
  }
  return output;
}

function run(machine: Machine, dot: DotVariant, test: Case, splits: readonly number[] = []): Int8Array {
  const g = geometry(test);
  const { channels, taps, zeroPoint } = g;
  const output = machine.run({
    kernel: `dwconv2d_qs8_qc8w_${dot}`,
    params: 'Dwconv2dParams',
    fields: {
      INPUT: { bytes: g.input },
      WEIGHTS: packed(machine, dot, { kind: 'dwconv-weights', taps, channels }, g.weights),
      BIAS: packed(machine, dot, { kind: 'dwconv-bias', taps, channels, weights: 0, inputZeroPoint: zeroPoint }, g.bias, g.weights),
      SCALE: packed(machine, dot, { kind: 'dwconv-scale', channels }, g.scale),
      OUTPUT: 'output', CHANNELS: channels,
      ...rounding(-9, ...g.bounds),
      FLIP: { splat: 'i8', value: machine.unsignedSecond ? -128 : 0 },
      INPUT_HEIGHT: g.height, INPUT_WIDTH: g.width, OUTPUT_HEIGHT: g.outputHeight, OUTPUT_WIDTH: g.outputWidth,
      KERNEL_HEIGHT: g.kernel[0], KERNEL_WIDTH: g.kernel[1], STRIDE_HEIGHT: g.strides[0], STRIDE_WIDTH: g.strides[1],
      DILATION_HEIGHT: g.dilations[0], DILATION_WIDTH: g.dilations[1], PAD_TOP: g.pads[0], PAD_LEFT: g.pads[1], PAD_VALUE: zeroPoint,
    },
    outputBytes: g.batch * g.outputHeight * g.outputWidth * channels,
    scratchBytes: g.width * channels + 16 * g.outputWidth + 4 * taps + 256,
    units: g.batch * g.outputHeight,
  }, splits);
  return new Int8Array(output.buffer);
}

const CASES: Readonly<Record<string, Case>> = {
  '3x3 stride 1, same padding': { input: [1, 6, 7, 16], zeroPoint: -128 },
  '3x3 stride 1, not clamped': { input: [1, 5, 7, 16], bounds: [-128, 127] },
  '3x3 stride 2, clamped above only': { input: [1, 8, 10, 16], strides: [2, 2], pads: [0, 0, 1, 1], bounds: [-128, 100] },
  '3x3 stride 1, clamped below only': { input: [1, 3, 9, 16], bounds: [-9, 127] },
  '3x3 stride 1, no padding': { input: [1, 6, 7, 24], pads: [0, 0, 0, 0] },
  '3x3 stride 1, padding left only': { input: [1, 6, 7, 8], pads: [0, 1, 0, 0] },
  '3x3 stride 1, padding right only': { input: [1, 6, 7, 8], pads: [1, 0, 1, 1] },
  '3x3 stride 2, even width, padding right': { input: [1, 8, 10, 16], strides: [2, 2], pads: [0, 0, 1, 1], zeroPoint: 127 },
  '3x3 stride 2, odd width, padding on both sides': { input: [1, 9, 11, 8], strides: [2, 2] },
  '3x3 stride 2, no padding, last column unused': { input: [1, 8, 8, 8], strides: [2, 2], pads: [0, 0, 0, 0] },
  '3x3 stride 1 down, 2 across': { input: [1, 7, 9, 8], strides: [1, 2] },
  '3x3 stride 3': { input: [1, 10, 10, 8], strides: [3, 3] },
  '3x3 on one pixel': { input: [1, 1, 1, 8] },
  '3x3 on one column': { input: [1, 5, 1, 16] },
  '3x3 stride 2 on 2x2': { input: [1, 2, 2, 8], strides: [2, 2], pads: [0, 0, 1, 1] },
  '3x3 dilation 2': { input: [1, 9, 9, 8], dilations: [2, 2], pads: [2, 2, 2, 2] },
  '3x3 dilation in height only': { input: [1, 9, 9, 8], dilations: [2, 1], pads: [2, 1, 2, 1] },
  '3x3 with wide padding': { input: [1, 5, 5, 8], pads: [2, 2, 2, 2] },
  '1x9': { input: [1, 3, 12, 16], kernel: [1, 9], pads: [0, 4, 0, 4] },
  '9x1': { input: [1, 12, 3, 8], kernel: [9, 1], pads: [4, 0, 4, 0] },
  '5x5': { input: [1, 8, 7, 24], kernel: [5, 5], pads: [2, 2, 2, 2] },
  '5x5 stride 2': { input: [1, 9, 9, 16], kernel: [5, 5], strides: [2, 2], pads: [2, 2, 2, 2], zeroPoint: -128 },
  '1x1': { input: [1, 4, 4, 8], kernel: [1, 1], pads: [0, 0, 0, 0] },
  '2x2': { input: [2, 5, 5, 8], kernel: [2, 2], strides: [2, 2], pads: [0, 0, 1, 1] },
  '7x3': { input: [1, 9, 5, 8], kernel: [7, 3], pads: [3, 1, 3, 1] },
  'batch of 2': { input: [2, 4, 5, 8] },
};

describe.each(modules)('dwconv2d_qs8_qc8w, %s module', (name) => {
  const machine = machineOf(name);

  describe.each(machine.dots)('%s', (dot) => {
    it.each(Object.keys(CASES))('%s', (title) => {
      const test = CASES[title]!;
      const expected = reference(test);
      expect(run(machine, dot, test)).toEqual(expected);
      expect(run(machine, dot, test, [1, 2, 3, 4])).toEqual(expected);
    });

    it('every number of channels, for the sliding and the general window', () => {
      for (const channels of [1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 23, 24, 31, 33, 40]) {
        for (const test of [
          { input: [1, 3, 4, channels] },
          { input: [1, 5, 4, channels], strides: [2, 2], pads: [0, 0, 1, 1] },
          { input: [1, 4, 4, channels], kernel: [2, 3], pads: [0, 1, 1, 1] },
        ] satisfies Case[]) expect(run(machine, dot, test), `${channels} channels`).toEqual(reference(test));
      }
    });
  });

  it('d16 is exact for weights of -128', () => {
    const test: Case = { input: [1, 5, 5, 9], leastWeight: -128, zeroPoint: -128 };
    expect(run(machine, 'd16', test)).toEqual(reference(test));
  });
});
