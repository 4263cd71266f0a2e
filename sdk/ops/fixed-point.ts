// Integer arithmetic of gemmlowp's fixedpoint.h and TFLite's kernels/internal/common.h on doubles: products are split to stay below 2^53.

import { powerOfTwo, roundHalfAway, splitExponent } from '../core/math.ts';

export const INT32_MAX = 2147483647;
const INT32_MIN = -2147483648;

/** `single` rounds once (ties up), `double` twice (nudged high product, then ties away from zero). */
export type Rounding = 'single' | 'double';

/** A real multiplier mantissa * 2^(exponent - 31), mantissa in [2^30, 2^31) or 0. */
export interface FixedMultiplier {
  readonly mantissa: number;
  readonly exponent: number;
}

/** TFLite QuantizeMultiplier. */
export function quantizeMultiplier(real: number, rounding: Rounding): FixedMultiplier {
  if (real === 0) return { mantissa: 0, exponent: 0 };
  const split = splitExponent(real);
  let mantissa = roundHalfAway(split.fraction * 2147483648);
  let exponent = split.exponent;
  if (mantissa === 2147483648) {
    mantissa /= 2;
    exponent += 1;
  }
  if (exponent < -31) return { mantissa: 0, exponent: 0 };
  if (rounding === 'single' && exponent > 30) return { mantissa: INT32_MAX, exponent: 30 };
  return { mantissa, exponent };
}

function saturate(x: number): number {
  return Math.min(INT32_MAX, Math.max(INT32_MIN, x));
}

/** floor((a * b + 2^(shift - 1)) / 2^shift) for |a|, |b| <= 2^31 and shift in 17…62. */
function roundedProduct(a: number, b: number, shift: number): number {
  const high = Math.floor(b / 65536);
  const low = b - high * 65536;
  return Math.floor((a * high + Math.floor((a * low) / 65536) + powerOfTwo(shift - 17)) / powerOfTwo(shift - 16));
}

/** gemmlowp SaturatingRoundingDoublingHighMul: a * b / 2^31 to nearest, ties up. */
export function doublingHighMultiply(a: number, b: number): number {
  return saturate(roundedProduct(a, b, 31));
}

/** gemmlowp RoundingDivideByPOT: x / 2^exponent to nearest, ties away from zero. */
export function divideByPowerOfTwo(x: number, exponent: number): number {
  const quotient = Math.floor(x / powerOfTwo(exponent));
  const remainder = x - quotient * powerOfTwo(exponent);
  const threshold = Math.floor((powerOfTwo(exponent) - 1) / 2) + (x < 0 ? 1 : 0);
  return remainder > threshold ? quotient + 1 : quotient;
}

/** TFLite MultiplyByQuantizedMultiplier of an int32. */
export function multiplyByQuantizedMultiplier(x: number, { mantissa, exponent }: FixedMultiplier, rounding: Rounding): number {
  if (rounding === 'single') {
    const shift = 31 - exponent;
    if (shift >= 17) return saturate(roundedProduct(x, mantissa, shift));
    return saturate(Math.floor((x * mantissa) / powerOfTwo(shift) + 0.5));
  }
  const shifted = exponent > 0 ? saturate(x * powerOfTwo(exponent)) : x;
  return divideByPowerOfTwo(doublingHighMultiply(shifted, mantissa), Math.max(0, -exponent));
}

/** The same with both of two roundings up at ties, as the NEON form of TFLite's Requantize (kernels/internal/optimized/optimized_ops.h). */
export function multiplyRoundingUp(x: number, { mantissa, exponent }: FixedMultiplier): number {
  const product = doublingHighMultiply(exponent > 0 ? saturate(x * powerOfTwo(exponent)) : x, mantissa);
  return Math.floor(product / powerOfTwo(Math.max(0, -exponent)) + 0.5);
}
