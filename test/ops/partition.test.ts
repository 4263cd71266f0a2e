import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gemmBlocks, roundUp } from '../../sdk/ops/partition.ts';

const size = fc.integer({ min: 1, max: 20_000 });

describe('gemmBlocks', () => {
  it('covers all outputs with whole tiles and panels', () => {
    fc.assert(fc.property(size, size, size, (rows, columns, depth) => {
      const blocks = gemmBlocks(rows, columns, depth);
      expect(blocks.rows).toBeLessThanOrEqual(rows);
      expect(rows < 12 ? blocks.rows === rows : blocks.rows % 12 === 0).toBe(true);
      expect(blocks.columns % 16).toBe(0);
      expect(blocks.columns).toBeLessThanOrEqual(roundUp(columns, 16));
      expect(blocks.units).toBe(Math.ceil(rows / blocks.rows) * Math.ceil(columns / blocks.columns));
      expect(blocks.rows === 12 || blocks.rows < 12 || blocks.rows * roundUp(depth, 16) <= 12288).toBe(true);
    }), { seed: 2, numRuns: 1000 });
  });

  it.each([
    ['an early convolution', 2304, 16, 27, { rows: 288, columns: 16, units: 8 }],
    ['a late convolution', 36, 256, 128, { rows: 12, columns: 96, units: 9 }],
    ['3x3 pixels', 9, 256, 256, { rows: 9, columns: 32, units: 8 }],
    ['a classifier', 1, 1001, 1280, { rows: 1, columns: 128, units: 8 }],
    ['two classes', 1, 2, 256, { rows: 1, columns: 16, units: 1 }],
  ])('gives %s enough units', (_name, rows, columns, depth, expected) => {
    expect(gemmBlocks(rows, columns, depth)).toEqual(expected);
  });
});
