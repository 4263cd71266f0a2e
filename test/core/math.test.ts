import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cos, exp, log, PI, powerOfTwo, roundHalfAway, sin, splitExponent } from '../../sdk/core/math.ts';

const SEED = 1;
const positive = fc.double({ min: Number.MIN_VALUE, max: Number.MAX_VALUE, noNaN: true });

/** Distance between two positive doubles in units in the last place. */
function unitsApart(a: number, b: number): bigint {
  const [x, y] = new BigInt64Array(new Float64Array([a, b]).buffer);
  return x! > y! ? x! - y! : y! - x!;
}

describe('exp', () => {
  it('is exact at 0 and has the limits of a double', () => {
    expect(exp(0)).toBe(1);
    expect(exp(-Infinity)).toBe(0);
    expect(exp(-746)).toBe(0);
    expect(exp(-745)).toBe(Number.MIN_VALUE);
    expect(exp(Infinity)).toBe(Infinity);
    expect(exp(709.7)).toBeLessThan(Infinity);
    expect(exp(NaN)).toBeNaN();
  });

  it.each([
    [1, 2.718281828459045],
    [-1, 0.36787944117144233],
    [0.5, 1.6487212707001282],
    [-10, 4.5399929762484854e-5],
    [100, 2.6881171418161356e43],
  ])('of %d is within 1 unit in the last place of the correctly rounded value', (x, expected) => {
    expect(unitsApart(exp(x), expected)).toBeLessThanOrEqual(1n);
  });

  it('stays within 2 units in the last place of the engine for normal results', () => {
    fc.assert(
      fc.property(fc.double({ min: -708, max: 709, noNaN: true }), (x) => unitsApart(exp(x), Math.exp(x)) <= 2n),
      { seed: SEED, numRuns: 5000 },
    );
  });

  it('never decreases', () => {
    fc.assert(
      fc.property(fc.double({ min: -20, max: 20, noNaN: true }), fc.double({ min: 1e-9, max: 1, noNaN: true }), (x, step) => exp(x + step) >= exp(x)),
      { seed: SEED },
    );
  });
});

describe('log', () => {
  it('has the limits of a double', () => {
    expect(log(1)).toBe(0);
    expect(log(0)).toBe(-Infinity);
    expect(log(Infinity)).toBe(Infinity);
    expect([log(-1), log(NaN)]).toEqual([NaN, NaN]);
  });

  it('is within 1 unit in the last place of correctly rounded values', () => {
    const values = [
      [2, 0.6931471805599453], [10, 2.302585092994046], [1e-6, -13.815510557964274],
      [1.0000000000000002, 2.220446049250313e-16], [5e-324, -744.4400719213812],
    ] as const;
    for (const [x, expected] of values) expect(unitsApart(Math.abs(log(x)), Math.abs(expected)), `log(${x})`).toBeLessThanOrEqual(1n);
  });

  it('stays within 2 units in the last place of the engine', () => {
    const argument = fc.oneof(positive, fc.double({ min: 0.5, max: 2, noNaN: true }));
    fc.assert(fc.property(argument, (x) => unitsApart(Math.abs(log(x)), Math.abs(Math.log(x))) <= 2n), { seed: SEED, numRuns: 5000 });
  });
});

describe('sin and cos', () => {
  it('are exact where they can be', () => {
    expect([sin(0), cos(0), sin(PI / 2), cos(PI)]).toEqual([0, 1, 1, -1]);
    expect(sin(PI)).toBeCloseTo(1.2246467991473532e-16, 30);
  });

  it('stay within 2^-51 of the engine up to 2^20', () => {
    const angle = fc.oneof(fc.double({ min: -10, max: 10, noNaN: true }), fc.double({ min: -(2 ** 20), max: 2 ** 20, noNaN: true }));
    fc.assert(fc.property(angle, (x) => {
      expect(Math.abs(sin(x) - Math.sin(x))).toBeLessThanOrEqual(2 ** -51);
      expect(Math.abs(cos(x) - Math.cos(x))).toBeLessThanOrEqual(2 ** -51);
    }), { seed: SEED, numRuns: 5000 });
  });

  it('are not defined beyond', () => {
    expect([sin(2 ** 20 + 1), cos(-Infinity), sin(NaN)]).toEqual([NaN, NaN, NaN]);
  });
});

describe('exponents', () => {
  it('puts every positive double together again', () => {
    fc.assert(fc.property(positive, (x) => {
      const { fraction, exponent } = splitExponent(x);
      const half = Math.trunc(exponent / 2);
      expect(fraction).toBeGreaterThanOrEqual(0.5);
      expect(fraction).toBeLessThan(1);
      expect(fraction * powerOfTwo(half) * powerOfTwo(exponent - half)).toBe(x);
    }), { seed: SEED, numRuns: 2000, examples: [[Number.MIN_VALUE], [Number.MAX_VALUE], [1], [2.2250738585072014e-308]] });
  });

  it('makes exact powers of two', () => {
    expect([0, 1, -1, 31, 52, -1022, 1023].map(powerOfTwo)).toEqual([
      1, 2, 0.5, 2147483648, 4503599627370496, 2.2250738585072014e-308, 8.98846567431158e307,
    ]);
  });
});

describe('roundHalfAway', () => {
  it.each([
    [0.5, 1], [-0.5, -1], [1.5, 2], [2.5, 3], [-2.5, -3], [0.49999999999999994, 0], [4503599627370497, 4503599627370497],
  ])('of %d is %d', (x, expected) => {
    expect(roundHalfAway(x) === expected).toBe(true);
  });
});
