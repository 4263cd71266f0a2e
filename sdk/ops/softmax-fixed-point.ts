// gemmlowp fixedpoint.h: values are int32 with the binary point stated as Q<integer bits>.<fraction bits>.

import { divideByPowerOfTwo, doublingHighMultiply as multiply, INT32_MAX } from './fixed-point.ts';

function saturatingShiftLeft(x: number, factor: number): number {
  return Math.min(INT32_MAX, Math.max(-INT32_MAX - 1, x * factor));
}

const QUARTER_Q5_26 = 16777216;
/** exp(-2^exponent) in Q0.31 for exponents -2…4, at bits 24…30 of a Q5.26 remainder. */
const EXP_OF_BIT = [1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242] as const;
/** exp(-1/8) and 1/3 in Q0.31. */
const EXP_MINUS_EIGHTH = 1895147668;
const ONE_THIRD = 715827883;

/** exp of a Q0.31 value in [-1/4, 0): Taylor series around -1/8. */
function expOnQuarter(a: number): number {
  const x = a + 268435456;
  const x2 = multiply(x, x);
  const x3 = multiply(x2, x);
  const x4Over4 = divideByPowerOfTwo(multiply(x2, x2), 2);
  const series = divideByPowerOfTwo(multiply(x4Over4 + x3, ONE_THIRD) + x2, 1);
  return EXP_MINUS_EIGHTH + multiply(EXP_MINUS_EIGHTH, x + series);
}

/** exp_on_negative_values: Q5.26 value <= 0 to Q0.31. */
export function expOfNegative(a: number): number {
  if (a === 0) return INT32_MAX;
  const withinQuarter = (a & (QUARTER_Q5_26 - 1)) - QUARTER_Q5_26;
  const remainder = withinQuarter - a;
  let result = expOnQuarter(saturatingShiftLeft(withinQuarter, 32));
  EXP_OF_BIT.forEach((factor, bit) => {
    if ((remainder & (QUARTER_Q5_26 << bit)) !== 0) result = multiply(result, factor);
  });
  return result;
}

/** one_over_one_plus_x_for_x_in_0_1: Q0.31 to Q0.31, three Newton-Raphson steps. */
export function reciprocalOfOnePlus(a: number): number {
  const half = Math.trunc((a + INT32_MAX + 1) / 2);
  let x = 1515870810 + multiply(half, -1010580540);
  for (let step = 0; step < 3; step++) {
    const error = 536870912 - multiply(half, x);
    x += saturatingShiftLeft(multiply(x, error), 4);
  }
  return saturatingShiftLeft(x, 2);
}
