import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { assets } from '../assets.ts';
import { goldenCases } from './cases.ts';
import { compareWithLiteRt } from './compare.ts';

const cases = goldenCases(join(import.meta.dirname, '../fixtures'), assets);

describe('whole output tensors beside LiteRT', () => {
  it.each(cases)('$name: every byte is equal', async (item) => {
    const { bytes, equal, largest } = await compareWithLiteRt(item);
    expect(bytes).toBeGreaterThan(0);
    expect({ equal, largest }).toEqual({ equal: 1, largest: 0 });
  });
});
