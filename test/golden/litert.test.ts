import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { assets } from '../assets.ts';
import { goldenCases, type GoldenCase } from './cases.ts';
import { compareWithLiteRt } from './compare.ts';

const cases = goldenCases(join(import.meta.dirname, '../fixtures'), assets);

/** float32 sums are formed in another order than LiteRT's, which also fuses multiplication and addition. */
const FLOAT_TOLERANCE = 1e-5;

/** LiteRT rounds the activations of int8 weights to int8; we multiply with the float32 activations. */
const HYBRID_TOLERANCE = 1e-2;

/** The same through a softmax after five such layers. */
const HYBRID_NET_TOLERANCE = 0.1;

function toleranceOf({ name }: GoldenCase): number {
  if (name === 'kws_dscnn_float') return HYBRID_NET_TOLERANCE;
  return name.startsWith('hybrid-') ? HYBRID_TOLERANCE : FLOAT_TOLERANCE;
}

describe('whole output tensors beside LiteRT', () => {
  it.each(cases)('$name: integers are equal, float32 within tolerance', async (item) => {
    const { elements, steps, relative, flips } = await compareWithLiteRt(item);
    expect(elements).toBeGreaterThan(0);
    expect({ steps, flips }).toEqual({ steps: 0, flips: 0 });
    expect(relative).toBeLessThanOrEqual(toleranceOf(item));
  });
});
