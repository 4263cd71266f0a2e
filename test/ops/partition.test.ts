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
    ['an early convolution', 2304, 16, 27, { rows: 384, columns: 16, units: 6 }],
    ['a late convolution', 36, 256, 128, { rows: 12, columns: 128, units: 6 }],
    ['3x3 pixels', 9, 512, 256, { rows: 9, columns: 128, units: 4 }],
    ['a classifier', 1, 1001, 1280, { rows: 1, columns: 256, units: 4 }],
    ['a large convolution', 12544, 96, 16, { rows: 768, columns: 96, units: 17 }],
    ['two classes', 1, 2, 256, { rows: 1, columns: 16, units: 1 }],
  ])('gives %s enough units', (_name, rows, columns, depth, expected) => {
    expect(gemmBlocks(rows, columns, depth)).toEqual(expected);
  });

  it.each([
    ['pixels that fit the cache', 144, 64, 64, { rows: 144, columns: 64, units: 1 }],
    ['more pixels', 2304, 16, 8, { rows: 768, columns: 16, units: 3 }],
    ['few rows', 9, 256, 128, { rows: 9, columns: 256, units: 1 }],
  ])('keeps small products of %s in few blocks', (_name, rows, columns, depth, expected) => {
    expect(gemmBlocks(rows, columns, depth)).toEqual(expected);
  });
});
