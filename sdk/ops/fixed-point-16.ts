// Functions of int16 codes as in gemmlowp's fixedpoint.h: 15 bits of a fraction unless stated otherwise.

import { divideByPowerOfTwo } from './fixed-point.ts';

const ONE = 32767;
const HALF = 16384;
/** exp(-1/8). */
const EXP_EIGHTH = 28918;
const THIRD = 10923;
/** 1 and the coefficients 48/17 and -32/17 of a first reciprocal, with 2 bits before the binary point. */
const ONE_OF_4 = 8192;
const FIRST_TERM = 23130;
const FIRST_SLOPE = -15420;

/** exp(-2^k), k = -2…6; from exp(-16) on they are 0. */
export const NEGATIVE_POWERS: readonly number[] = [25520, 19875, 12055, 4435, 600, 11, 0, 0, 0];

/** The nearest int16. */
export function saturate(x: number): number {
  return Math.min(32767, Math.max(-32768, x));
}

/** SaturatingRoundingDoublingHighMul: a * b / 2^15 to nearest, ties up. */
function multiply(a: number, b: number): number {
  return saturate((a * b + 16384) >> 15);
}

/** exp of codes -1/4…0: a Taylor series about -1/8. */
function expOfQuarter(code: number): number {
  const x = code + 4096;
  const square = multiply(x, x);
  const cube = multiply(square, x);
  const fourth = divideByPowerOfTwo(multiply(square, square), 2);
  const tail = divideByPowerOfTwo(multiply(fourth + cube, THIRD) + square, 1);
  return saturate(EXP_EIGHTH + multiply(EXP_EIGHTH, x + tail));
}

/** exp of a code of at most 0 with `bits` bits before the binary point. */
function expOfNegative(code: number, bits: number): number {
  if (code === 0) return ONE;
  if (bits > 5 && code < -(1 << (20 - bits))) return 0;
  const quarter = 1 << (13 - bits);
  const rest = (code & (quarter - 1)) - quarter;
  const whole = rest - code;
  return NEGATIVE_POWERS.reduce(
    (product, power, index) => (13 - bits + index < 15 && (whole & (quarter << index)) !== 0 ? multiply(product, power) : product),
    expOfQuarter(rest << bits),
  );
}

/** 2 / (1 + x) with 2 bits before the binary point, by three Newton steps. */
function twiceReciprocal(x: number): number {
  const half = (x + ONE + 1) >> 1;
  let y = FIRST_TERM + multiply(half, FIRST_SLOPE);
  for (let step = 0; step < 3; step++) y = saturate(y + saturate(4 * multiply(y, ONE_OF_4 - multiply(half, y))));
  return y;
}

/** 1 / (1 + exp(-x)) of a code with 3 bits before the binary point. */
export function logistic16(code: number): number {
  if (code === 0) return HALF;
  const positive = saturate(2 * twiceReciprocal(expOfNegative(code < 0 ? code : -code, 3)));
  return code < 0 ? ONE - positive : positive;
}

/** Hyperbolic tangent of a code with `bits` bits before the binary point. */
export function tanh16(code: number, bits: number): number {
  if (code === 0) return 0;
  const positive = saturate(4 * (twiceReciprocal(expOfNegative(code < 0 ? code : -code, bits + 1)) - ONE_OF_4));
  return code < 0 ? -positive : positive;
}
