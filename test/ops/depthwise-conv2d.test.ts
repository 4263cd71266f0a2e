import { describe, expect, it } from 'vitest';
import { compile } from '../../sdk/compile/compile.ts';
import type { Graph } from '../../sdk/ir/graph.ts';
import { REQUANTIZE_MODES } from '../../sdk/ops/types.ts';
import { activation, bias, codes, CONVOLUTION, random, single, weights } from './graphs.ts';
import { expectRejected, onlyStep, run } from './run.ts';

const SAME = { ...CONVOLUTION, pads: [1, 1, 1, 1] };

/** The same convolution as conv2d with zero-filled weights [C][taps][inputs]. */
function asConv2d(channels: number, multiplier: number, taps: Int8Array, scales: readonly number[]): Graph {
  const outputs = channels * multiplier;
  const dense = new Int8Array(outputs * 9 * channels);
  for (let o = 0; o < outputs; o++) {
    for (let tap = 0; tap < 9; tap++) dense[(o * 9 + tap) * channels + Math.floor(o / multiplier)] = taps[tap * outputs + o]!;
  }
  return single(
    'conv2d',
    [activation('x', [2, 4, 5, channels], 0.1, 9), weights([outputs, 3, 3, channels], dense, scales)],
    activation('y', [2, 4, 5, outputs], 0.3, 4),
    SAME,
  );
}

describe('depthwise-conv2d', () => {
  it('computes a small case by hand', () => {
    // 1 * 3 + 2 * 5 + 3 and 10 * 4 + 20 * 6; 0.5 * 0.5 is a quarter of the output scale.
    const graph = single(
      'depthwise-conv2d',
      [activation('x', [1, 1, 2, 2], 0.5), weights([1, 1, 2, 2], [3, 4, 5, 6], [0.5]), bias([3, 0])],
      activation('y', [1, 1, 1, 2], 1, -8),
      CONVOLUTION,
    );
    expect([...run(graph, [Int8Array.of(1, 10, 2, 20)])]).toEqual([4 - 8, 40 - 8]);
  });

  it.each([[5, 1], [1, 8], [3, 2]])('of %d channels with multiplier %d equals a dense convolution', (channels, multiplier) => {
    const next = random(3);
    const outputs = channels * multiplier;
    const taps = codes(next, 9 * outputs, -127);
    const scales = Array.from({ length: outputs }, (_, channel) => 0.01 + channel / 1000);
    const graph = single(
      'depthwise-conv2d',
      [activation('x', [2, 4, 5, channels], 0.1, 9), weights([1, 3, 3, outputs], taps, scales, 3)],
      activation('y', [2, 4, 5, outputs], 0.3, 4),
      SAME,
    );
    const input = codes(next, 40 * channels);
    for (const mode of REQUANTIZE_MODES) {
      expect(run(graph, [input], mode)).toEqual(run(asConv2d(channels, multiplier, taps, scales), [input], mode));
    }
  });

  it('rejects weights that do not fit the channels', () => {
    const x = activation('x', [1, 4, 4, 4]);
    const y = activation('y', [1, 4, 4, 6]);
    expectRejected(single('depthwise-conv2d', [x, weights([1, 3, 3, 6], new Int8Array(54))], y, SAME), /1x3x3x6 must be 1HWC with C a multiple of 4/);
    expectRejected(single('depthwise-conv2d', [x, weights([2, 3, 3, 4], new Int8Array(72))], y, SAME), /2x3x3x4 must be 1HWC/);
    expectRejected(
      single('depthwise-conv2d', [x, weights([1, 3, 3, 4], new Int8Array(36), [1, 1, 1, 1], 0)], y, SAME),
      /needs the output channel axis 3/,
    );
  });
});

describe('lowering of depthwise-conv2d', () => {
  const build = (channels: number, multiplier: number): Graph => single(
    'depthwise-conv2d',
    [
      activation('x', [1, 4, 4, channels]),
      weights([1, 3, 3, channels * multiplier], Int8Array.from({ length: 9 * channels * multiplier }, (_, index) => index % 100), [1]),
    ],
    activation('y', [1, 4, 4, channels * multiplier], 0.1),
    SAME,
  );

  it('emits dwconv2d for multiplier 1, one unit a row', () => {
    const step = onlyStep(build(6, 1));
    expect(step).toMatchObject({
      kernel: 'dwconv2d_qs8_qc8w', params: 'Dwconv2dParams', units: 4, macs: 100 * 6, fields: { CHANNELS: 6, KERNEL_WIDTH: 3 },
    });
    expect(compile(build(6, 1)).constants.map(({ layout }) => layout.kind)).toEqual(['dwconv-weights', 'dwconv-bias', 'dwconv-scale']);
  });

  it('emits conv2d with transposed weights for one input channel', () => {
    const { steps, constants } = compile(build(1, 2));
    expect(steps[0]).toMatchObject({ kernel: 'conv2d_qs8_qc8w', macs: 200, fields: { COLUMNS: 2, DEPTH: 9, INPUT_CHANNELS: 1 } });
    expect([...new Int8Array(constants[0]!.data!.slice().buffer)]).toEqual([0, 2, 4, 6, 8, 10, 12, 14, 16, 1, 3, 5, 7, 9, 11, 13, 15, 17]);
  });

  it('counts only real multiply-accumulates of dense weights', () => {
    expect(onlyStep(build(3, 2))).toMatchObject({ kernel: 'conv2d_qs8_qc8w', macs: 600, fields: { DEPTH: 27 } });
  });

  it('refuses dense weights beyond its limit', () => {
    expect(() => compile(build(600, 2))).toThrow(/600 groups of 2 outputs need 6480000 bytes of dense weights, at most 4194304/);
  });
});
