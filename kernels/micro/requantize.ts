/** round(f32 * scale) + zero point as i32, nearest even, for products below 2^22; `magic` is 12582912.0, `offset` its bits minus the zero point. */
@inline
export function roundScaled(value: v128, scale: v128, magic: v128, offset: v128): v128 {
  return i32x4.sub(f32x4.add(f32x4.mul(value, scale), magic), offset);
}

/** roundScaled with a `bias` that is added, in float32, before rounding. */
@inline
export function roundBiased(value: v128, scale: v128, bias: v128, magic: v128, offset: v128): v128 {
  return i32x4.sub(f32x4.add(f32x4.add(f32x4.mul(value, scale), bias), magic), offset);
}

@inline
export function requantize(sums: v128, scale: v128, magic: v128, offset: v128): v128 {
  return roundScaled(f32x4.convert_i32x4_s(sums), scale, magic, offset);
}

/** Sixteen i32 codes as i8. */
@inline
export function narrowCodes(a: v128, b: v128, c: v128, d: v128): v128 {
  return i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d));
}

/** Whether clamping to the bounds at `bounds`, a vector of the least code and one of the most, changes any i8. */
@inline
export function isBounded(bounds: usize): bool {
  return load<i8>(bounds) > -128 || load<i8>(bounds, 16) < 127;
}

/** Codes clamped to the bounds at `bounds`. */
@inline
export function clampCodes(codes: v128, bounds: usize): v128 {
  return i8x16.min_s(i8x16.max_s(codes, v128.load(bounds)), v128.load(bounds, 16));
}
