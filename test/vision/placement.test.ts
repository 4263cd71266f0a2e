import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pictureX, pictureY, placementOf, RESIZE_MODES } from '../../sdk/vision/placement.ts';

const size = fc.record({ width: fc.integer({ min: 1, max: 2000 }), height: fc.integer({ min: 1, max: 2000 }) });

describe('placementOf', () => {
  test('part and target lie inside, and places in them survive the way into the input and back', () => {
    fc.assert(fc.property(size, size, fc.constantFrom(...RESIZE_MODES), fc.double({ min: 0, max: 1, noNaN: true }), (picture, input, mode, part) => {
      const placement = placementOf(picture, input, mode);
      const { from, to } = placement;
      for (const [inner, outer] of [[from, picture], [to, input]] as const) {
        expect(inner.left).toBeGreaterThanOrEqual(0);
        expect(inner.top).toBeGreaterThanOrEqual(0);
        expect(inner.left + inner.width).toBeLessThanOrEqual(outer.width);
        expect(inner.top + inner.height).toBeLessThanOrEqual(outer.height);
      }
      const x = (to.left + part * to.width) / input.width;
      const y = (to.top + part * to.height) / input.height;
      expect(pictureX(placement, x)).toBeCloseTo((from.left + part * from.width) / picture.width, 9);
      expect(pictureY(placement, y)).toBeCloseTo((from.top + part * from.height) / picture.height, 9);
    }), { numRuns: 300, seed: 4 });
  });

  test('places in the bars of a letterbox are the edges of the picture', () => {
    const placement = placementOf({ width: 200, height: 100 }, { width: 100, height: 100 }, 'letterbox');
    expect(placement.to).toEqual({ left: 0, top: 25, width: 100, height: 50 });
    expect([0.1, 0.25, 0.5, 0.75, 0.9].map((y) => pictureY(placement, y))).toEqual([0, 0, 0.5, 1, 1]);
  });

  test('a crop shows the middle', () => {
    const placement = placementOf({ width: 200, height: 100 }, { width: 50, height: 50 }, 'crop');
    expect([0, 0.5, 1].map((x) => pictureX(placement, x))).toEqual([0.25, 0.5, 0.75]);
  });
});
