// Functions of eight int16 codes as in gemmlowp's fixedpoint.h: 15 bits of a fraction unless stated otherwise.

/** exp of codes of at most 0 with `bits` bits before the binary point. `powers` holds exp(-1/4), exp(-1/2), … exp(-64). */
@inline
function expOfNegative(codes: v128, bits: i32, powers: usize): v128 {
  const one = i16x8.splat(1);
  const quarter = i16x8.shl(one, 13 - bits);
  const rest = i16x8.sub(v128.and(codes, i16x8.sub(quarter, one)), quarter);
  const whole = i16x8.sub(rest, codes);
  // A Taylor series about -1/8.
  const x = i16x8.add(i16x8.shl(rest, bits), i16x8.splat(4096));
  const square = i16x8.q15mulr_sat_s(x, x);
  const quotient = i16x8.shr_s(i16x8.add(i16x8.q15mulr_sat_s(square, square), i16x8.splat(2)), 2);
  const terms = i16x8.add(quotient, i16x8.q15mulr_sat_s(square, x));
  const twice = i16x8.add(i16x8.q15mulr_sat_s(terms, i16x8.splat(10923)), square);
  const tail = i16x8.shr_s(i16x8.add(i16x8.add(twice, one), i16x8.shr_s(twice, 15)), 1);
  const eighth = i16x8.splat(28918);
  let result = i16x8.add_sat_s(eighth, i16x8.q15mulr_sat_s(eighth, i16x8.add(x, tail)));
  let bit = quarter;
  for (let power = 13 - bits; power < 15; power++) {
    const isClear = i16x8.eq(v128.and(whole, bit), i16x8.splat(0));
    result = v128.bitselect(result, i16x8.q15mulr_sat_s(result, v128.load16_splat(powers)), isClear);
    bit = i16x8.shl(bit, 1);
    powers += 2;
  }
  return v128.bitselect(i16x8.splat(32767), result, i16x8.eq(codes, i16x8.splat(0)));
}

/** 2 / (1 + x) with 2 bits before the binary point, by three Newton steps. */
@inline
function twiceReciprocal(x: v128): v128 {
  const half = i16x8.avgr_u(x, i16x8.splat(32767));
  let y = i16x8.add(i16x8.q15mulr_sat_s(half, i16x8.splat(-15420)), i16x8.splat(23130));
  for (let step = 0; step < 3; step++) {
    let correction = i16x8.q15mulr_sat_s(y, i16x8.sub(i16x8.splat(8192), i16x8.q15mulr_sat_s(half, y)));
    correction = i16x8.add_sat_s(correction, correction);
    y = i16x8.add(y, i16x8.add_sat_s(correction, correction));
  }
  return y;
}

/** Hyperbolic tangents, or else logistic functions 1 / (1 + exp(-x)), of codes with `bits` bits before the binary point. */
export function squash16(codes: v128, bits: i32, isTangent: bool, powers: usize): v128 {
  const y = twiceReciprocal(expOfNegative(i16x8.min_s(codes, i16x8.neg(codes)), bits + i32(isTangent), powers));
  const zero = i16x8.splat(isTangent ? 0 : 16384);
  let positive = isTangent ? i16x8.sub(y, i16x8.splat(8192)) : y;
  positive = i16x8.add_sat_s(positive, positive);
  if (isTangent) positive = i16x8.add_sat_s(positive, positive);
  const negative = i16x8.sub(i16x8.splat(isTangent ? 0 : 32767), positive);
  return v128.bitselect(zero, v128.bitselect(negative, positive, i16x8.shr_s(codes, 15)), i16x8.eq(codes, i16x8.splat(0)));
}
