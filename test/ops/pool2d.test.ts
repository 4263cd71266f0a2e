import { describe, expect, it } from 'vitest';
import { compile } from '../../sdk/compile/compile.ts';
import { REQUANTIZE_MODES } from '../../sdk/ops/types.ts';
import { activation, codes, POOL, random, single } from './graphs.ts';
import { expectNearest, expectRejected, onlyStep, realValues, run } from './run.ts';

describe('average-pool2d', () => {
  const graph = single('average-pool2d', [activation('x', [1, 2, 4, 1])], activation('y', [1, 1, 2, 1]), POOL);

  it.each(REQUANTIZE_MODES)('rounds halves away from zero in mode %s', (mode) => {
    expect([...run(graph, [Int8Array.of(3, 3, -3, -3, 4, 0, -4, 0)], mode)]).toEqual([3, -3]);
    expect([...run(graph, [Int8Array.of(1, 0, 1, 0, 1, 0, 0, 0)], mode)]).toEqual([1, 0]);
  });

  it.each([[7, 7], [8, 8], [25, 5], [20, 30], [1, 49]])('gives the codes of TFLite for every sum of a %dx%d window', (height, width) => {
    const taps = height * width;
    const window = single(
      'average-pool2d', [activation('x', [1, height, width, 1])], activation('y', [1, 1, 1, 1]), { ...POOL, kernel: [height, width] },
    );
    for (let sum = -128 * taps; sum <= 127 * taps; sum += Math.max(1, Math.floor(taps / 16))) {
      const base = Math.floor(sum / taps);
      const input = new Int8Array(taps).fill(base);
      input.fill(base + 1, 0, sum - base * taps);
      expect(run(window, [input], 'float'), `sum ${sum}`).toEqual(run(window, [input], 'tflite-double'));
    }
  });

  it('averages over the taps inside the input only', () => {
    const x = activation('x', [2, 5, 4, 3], 0.1, 7);
    const y = activation('y', [2, 3, 2, 3], 0.1, 7);
    const input = codes(random(9), 120);
    const reals = realValues(x, input);
    const expected: number[] = [];
    for (let n = 0; n < 2; n++) for (let oy = 0; oy < 3; oy++) for (let ox = 0; ox < 2; ox++) for (let c = 0; c < 3; c++) {
      const taps: number[] = [];
      for (let ky = 0; ky < 3; ky++) for (let kx = 0; kx < 3; kx++) {
        const [iy, ix] = [oy * 2 + ky - 1, ox * 2 + kx];
        if (iy >= 0 && iy < 5 && ix < 4) taps.push(reals[((n * 5 + iy) * 4 + ix) * 3 + c]!);
      }
      expected.push(taps.reduce((sum, value) => sum + value, 0) / taps.length);
    }
    const padded = single('average-pool2d', [x], y, { kernel: [3, 3], strides: [2, 2], pads: [1, 0, 1, 1], activation: 'none' });
    for (const mode of ['float', 'tflite-double'] as const) expectNearest(run(padded, [input], mode), expected, y);
  });

  it('gives the kernel a table of reciprocals', () => {
    const { constants, steps } = compile(graph);
    const table = [...new Float32Array(constants[0]!.data!.slice().buffer)];
    expect(table).toHaveLength(5);
    table.slice(1).forEach((reciprocal, index) => expect(reciprocal).toBeCloseTo(1 / (index + 1), 6));
    expect(steps[0]).toMatchObject({ kernel: 'avgpool2d_qs8', units: 1, fields: { RECIPROCALS: { constant: 0 }, OFFSET: { value: 0x4b400000 } } });
  });
});

describe('max-pool2d', () => {
  it('takes the largest code inside the input and clamps', () => {
    const x = activation('x', [1, 3, 3, 1], 0.05, -100);
    const y = activation('y', [1, 2, 2, 1], 0.05, -100);
    const input = Int8Array.of(-128, -120, -110, -105, -101, -90, 5, 0, 127);
    const attributes = { kernel: [2, 2], strides: [2, 2], pads: [0, 0, 1, 1], activation: 'none' };
    expect([...run(single('max-pool2d', [x], y, attributes), [input])]).toEqual([-101, -90, 5, 127]);
    expect([...run(single('max-pool2d', [x], y, { ...attributes, activation: 'relu6' }), [input])]).toEqual([-100, -90, 5, 20]);
    expect(onlyStep(single('max-pool2d', [x], y, attributes))).toMatchObject({
      kernel: 'maxpool2d_qs8', units: 2, fields: { RECIPROCALS: 0, MAX: { value: 127 } },
    });
  });
});

describe.each(['average-pool2d', 'max-pool2d'])('%s', (op) => {
  const x = activation('x', [1, 4, 4, 2]);
  const y = activation('y', [1, 2, 2, 2]);

  it('rejects what it cannot compute exactly', () => {
    expectRejected(single(op, [x], activation('y', [1, 2, 2, 2], 0.1), POOL), /needs those of its input/);
    expectRejected(single(op, [x], y, { ...POOL, kernel: [0, 2] }), /attribute 'kernel' is \[0,2\]/);
    expectRejected(single(op, [x], y, { ...POOL, kernel: [300, 300], pads: [299, 299, 299, 299] }), /at most 65536 taps/);
    expectRejected(single(op, [x], y, { ...POOL, pads: [0, 0, 0, 2] }), /width pads 0 and 2 must be less than the window's 2/);
    expectRejected(single(op, [x], y, { ...POOL, dilations: [1, 1] }), /unknown attribute 'dilations'/);
  });
});
