/** round(f32 * scale) + zero point as i32, nearest even, for products below 2^22; `magic` is 12582912.0, `offset` its bits minus the zero point. */
@inline
export function roundScaled(value: v128, scale: v128, magic: v128, offset: v128): v128 {
  return i32x4.sub(f32x4.add(f32x4.mul(value, scale), magic), offset);
}

@inline
export function requantize(sums: v128, scale: v128, magic: v128, offset: v128): v128 {
  return roundScaled(f32x4.convert_i32x4_s(sums), scale, magic, offset);
}

/** Sixteen i32 codes as clamped i8. */
@inline
export function clampCodes(a: v128, b: v128, c: v128, d: v128, least: v128, most: v128): v128 {
  const codes = i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d));
  return i8x16.min_s(i8x16.max_s(codes, least), most);
}

/** Whether clamping to these bounds changes any i8. */
@inline
export function isBounded(least: i32, most: i32): bool {
  return least > -128 || most < 127;
}

/** Sixteen i32 codes as i8, clamped where they are `bounded` by less than their type. */
@inline
export function narrowCodes(a: v128, b: v128, c: v128, d: v128, bounded: bool, least: v128, most: v128): v128 {
  const codes = i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d));
  return bounded ? i8x16.min_s(i8x16.max_s(codes, least), most) : codes;
}
