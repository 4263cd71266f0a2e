import { describe, expect, it } from 'vitest';
import { REQUANTIZE_MODES } from '../../sdk/ops/types.ts';
import { activation, codes, random, single } from './graphs.ts';
import { runKernels } from './run-kernels.ts';
import { expectNearest, expectRejected, onlyStep, realValues, run } from './run.ts';

const SHAPE = [2, 3, 4, 5];

/** Means of [outer][count][inner] values. */
function means(values: readonly number[], outer: number, count: number, inner: number): number[] {
  return Array.from({ length: outer * inner }, (_, at) => {
    const [o, i] = [Math.floor(at / inner), at % inner];
    let sum = 0;
    for (let k = 0; k < count; k++) sum += values[(o * count + k) * inner + i]!;
    return sum / count;
  });
}

describe('mean of int8 codes', () => {
  it.each([
    ['the picture', [2, 1], true, [2, 1, 1, 5], [2, 12, 5]],
    ['the channels', [3], false, [2, 3, 4], [24, 5, 1]],
    ['everything', [0, 1, 2, 3], false, [], [1, 120, 1]],
  ] as const)('over %s gives nearest codes in all modes', (_name, axes, keepDims, shape, [outer, count, inner]) => {
    const x = activation('x', SHAPE, 0.05, 17);
    const y = activation('y', shape, 0.011, -40);
    const input = codes(random(4), 120);
    const graph = single('mean', [x], y, { axes, keepDims });
    for (const mode of REQUANTIZE_MODES) expectNearest(run(graph, [input], mode), means(realValues(x, input), outer, count, inner), y, mode === 'float' ? 1e-3 : 0.05);
  });

  it.each([
    ['ties go to the even code, not to the even step', 4, 13, [13, 13, 14, 14], 14],
    ['ties of the zero points are in the float32 bias', 56, 13, [...Array<number>(28).fill(-43), ...Array<number>(28).fill(-42)], -42],
  ])('%s, as in XNNPACK', (_name, count, zeroPoint, input, code) => {
    const graph = single('mean', [activation('x', [1, count, 1], 0.05, zeroPoint)], activation('y', [1, 1], 0.05, zeroPoint), { axes: [1], keepDims: false });
    expect([...run(graph, [Int8Array.from(input)])]).toEqual([code]);
    expect([...runKernels(graph, [Int8Array.from(input)])[0]!]).toEqual([code]);
  });

  it('lowers to an average with the zero points in a bias', () => {
    const graph = single('mean', [activation('x', SHAPE, 0.05, 17)], activation('y', [2, 1, 1, 5], 0.011, -40), { axes: [1, 2], keepDims: true });
    expect(onlyStep(graph)).toMatchObject({
      kernel: 'avgpool2d_qs8', units: 2, fields: { CHANNELS: 5, INPUT_HEIGHT: 12, LIFT: 0, BIAS: { value: Math.fround(-40 - Math.fround(17 * 12 * Math.fround(0.05 / (0.011 * 12)))) }, OFFSET: { value: 0x4b400000 } },
    });
  });

  it('rejects axes that it cannot take', () => {
    const mean = (axes: readonly number[]) => single('mean', [activation('x', SHAPE)], activation('y', [2, 1, 4, 1]), { axes, keepDims: true });
    expectRejected(mean([1, 3]), /axes 1, 3 are not neighbours/);
    expectRejected(mean([4]), /attribute 'axes' is \[4\]/);
    expectRejected(mean([1, 1]), /different integers/);
  });
});
