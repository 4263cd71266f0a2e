import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { divideByPowerOfTwo, doublingHighMultiply, multiplyByQuantizedMultiplier, quantizeMultiplier } from '../../sdk/ops/fixed-point.ts';

const RUNS = { seed: 1, numRuns: 5000 };
const int32 = fc.integer({ min: -2147483648, max: 2147483647 });
const mantissa = fc.integer({ min: 1073741824, max: 2147483647 });

/** Rules of gemmlowp and TFLite on exact integers. */
const exact = {
  doublingHighMultiply(a: number, b: number): number {
    if (a === -2147483648 && b === -2147483648) return 2147483647;
    const product = BigInt(a) * BigInt(b);
    const nudged = product + (product >= 0n ? 1n << 30n : 1n - (1n << 30n));
    return Number(nudged / (1n << 31n));
  },
  divideByPowerOfTwo(x: number, exponent: number): number {
    const mask = (1n << BigInt(exponent)) - 1n;
    const remainder = BigInt(x) & mask;
    const threshold = (mask >> 1n) + (x < 0 ? 1n : 0n);
    return Number((BigInt(x) >> BigInt(exponent)) + (remainder > threshold ? 1n : 0n));
  },
  single(x: number, m: number, exponent: number): number {
    const shift = BigInt(31 - exponent);
    return Number((BigInt(x) * BigInt(m) + (1n << (shift - 1n))) >> shift);
  },
};

describe('quantizeMultiplier', () => {
  it.each([
    [0, { mantissa: 0, exponent: 0 }],
    [0.25, { mantissa: 1073741824, exponent: -1 }],
    [0.5, { mantissa: 1073741824, exponent: 0 }],
    [1, { mantissa: 1073741824, exponent: 1 }],
    [0.01, { mantissa: 1374389535, exponent: -6 }],
    // 1 - 2^-40 rounds up to 2^31 and is halved.
    [0.9999999999990905, { mantissa: 1073741824, exponent: 1 }],
    // 2^-32 * 0.75: below the smallest shift.
    [1.7462298274040222e-10, { mantissa: 1610612736, exponent: -32 }],
  ])('of %d', (real, expected) => {
    const flushed = expected.exponent < -31 ? { mantissa: 0, exponent: 0 } : expected;
    expect(quantizeMultiplier(real, 'double')).toEqual(flushed);
    expect(quantizeMultiplier(real, 'single')).toEqual(flushed);
  });

  it('saturates shifts above 30 for single rounding only', () => {
    expect(quantizeMultiplier(2147483648, 'single')).toEqual({ mantissa: 2147483647, exponent: 30 });
    expect(quantizeMultiplier(2147483648, 'double')).toEqual({ mantissa: 1073741824, exponent: 32 });
  });
});

describe('doublingHighMultiply', () => {
  it('equals SaturatingRoundingDoublingHighMul', () => {
    fc.assert(fc.property(int32, int32, (a, b) => doublingHighMultiply(a, b) === exact.doublingHighMultiply(a, b)), {
      ...RUNS,
      examples: [[-2147483648, -2147483648], [2147483647, 2147483647], [-2147483648, 2147483647], [1, 1073741824], [-1, 1073741824], [3, 1073741824]],
    });
  });
});

describe('divideByPowerOfTwo', () => {
  it('rounds ties away from zero', () => {
    expect([
      [1, 1], [-1, 1], [3, 1], [-3, 1], [6, 2], [-6, 2], [5, 2], [7, 0],
    ].map(([x, exponent]) => divideByPowerOfTwo(x!, exponent!))).toEqual([1, -1, 2, -2, 2, -2, 1, 7]);
  });

  it('equals RoundingDivideByPOT', () => {
    fc.assert(
      fc.property(int32, fc.integer({ min: 0, max: 31 }), (x, exponent) => divideByPowerOfTwo(x, exponent) === exact.divideByPowerOfTwo(x, exponent)),
      RUNS,
    );
  });
});

describe('multiplyByQuantizedMultiplier', () => {
  it('single rounding equals (x * m + 2^(30 - e)) >> (31 - e)', () => {
    fc.assert(fc.property(int32, mantissa, fc.integer({ min: -31, max: 0 }), (x, m, exponent) => (
      multiplyByQuantizedMultiplier(x, { mantissa: m, exponent }, 'single') === exact.single(x, m, exponent)
    )), RUNS);
  });

  it('single rounding handles multipliers up to 2^30', () => {
    fc.assert(fc.property(fc.integer({ min: -1000, max: 1000 }), mantissa, fc.integer({ min: 1, max: 30 }), (x, m, exponent) => {
      const expected = Math.min(2147483647, Math.max(-2147483648, exact.single(x, m, exponent)));
      return multiplyByQuantizedMultiplier(x, { mantissa: m, exponent }, 'single') === expected;
    }), RUNS);
  });

  it('double rounding multiplies high, then divides', () => {
    fc.assert(fc.property(int32, mantissa, fc.integer({ min: -31, max: 0 }), (x, m, exponent) => (
      multiplyByQuantizedMultiplier(x, { mantissa: m, exponent }, 'double')
        === exact.divideByPowerOfTwo(exact.doublingHighMultiply(x, m), -exponent)
    )), RUNS);
  });

  it('differ where rounding twice crosses a half', () => {
    // 3 * 0.5 * 2^-1 = 0.75 either way; -1 * 0.5 = -0.5 is a tie: up in single, away from zero in double.
    const half = quantizeMultiplier(0.25, 'double');
    expect(multiplyByQuantizedMultiplier(3, half, 'single')).toBe(1);
    expect(multiplyByQuantizedMultiplier(-2, half, 'single')).toBe(0);
    expect(multiplyByQuantizedMultiplier(-2, half, 'double')).toBe(-1);
  });
});
