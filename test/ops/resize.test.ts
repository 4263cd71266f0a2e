import { describe, expect, it } from 'vitest';
import { REQUANTIZE_MODES } from '../../sdk/ops/types.ts';
import { activation, codes, random, single } from './graphs.ts';
import { expectNearest, expectRejected, realValues, run } from './run.ts';

const FLAGS = [[false, false], [false, true], [true, false]] as const;

describe('resize-bilinear', () => {
  it('keeps a picture of the same size and a flat picture of any size', () => {
    for (const [alignCorners, halfPixelCenters] of FLAGS) {
      for (const mode of REQUANTIZE_MODES) {
        const x = codes(random(1), 60);
        const same = single('resize-bilinear', [activation('x', [1, 4, 5, 3])], activation('y', [1, 4, 5, 3]), { size: [4, 5], alignCorners, halfPixelCenters });
        expect(run(same, [x], mode)).toEqual(x);
        const flat = single('resize-bilinear', [activation('x', [1, 2, 3, 1])], activation('y', [1, 7, 5, 1]), { size: [7, 5], alignCorners, halfPixelCenters });
        expect(new Set(run(flat, [new Int8Array(6).fill(-77)], mode))).toEqual(new Set([-77]));
      }
    }
  });

  it('interpolates between half-pixel centres', () => {
    const input = activation('x', [1, 1, 2, 1], 1);
    const output = activation('y', [1, 1, 8, 1], 1);
    const x = Int8Array.of(-100, 60);
    const [a, b] = realValues(input, x) as [number, number];
    const shares = [0, 0, 0.125, 0.375, 0.625, 0.875, 1, 1];
    const graph = single('resize-bilinear', [input], output, { size: [1, 8], alignCorners: false, halfPixelCenters: true });
    for (const mode of REQUANTIZE_MODES) expectNearest(run(graph, [x], mode), shares.map((share) => a + (b - a) * share), output);
  });

  it('rejects sizes and ranks it cannot take', () => {
    const attributes = { size: [0, 8], alignCorners: false, halfPixelCenters: false };
    expectRejected(single('resize-bilinear', [activation('x', [1, 1, 2, 1])], activation('y', [1, 1, 8, 1]), attributes), /'size' is \[0,8\]/);
    expectRejected(single('resize-bilinear', [activation('x', [1, 2, 1])], activation('y', [1, 8, 1]), { ...attributes, size: [1, 8] }), /needs 4 dimensions/);
  });
});

describe('resize-nearest-neighbor', () => {
  it('takes the nearest pixel by each rule', () => {
    for (const [[alignCorners, halfPixelCenters], expected] of [[FLAGS[0], [0, 0, 1, 1, 2]], [FLAGS[1], [0, 0, 1, 2, 2]], [FLAGS[2], [0, 1, 1, 2, 2]]] as const) {
      const graph = single('resize-nearest-neighbor', [activation('x', [1, 1, 3, 1])], activation('y', [1, 1, 5, 1]), { size: [1, 5], alignCorners, halfPixelCenters });
      expect([...run(graph, [Int8Array.of(0, 1, 2)])]).toEqual(expected);
    }
  });
});
