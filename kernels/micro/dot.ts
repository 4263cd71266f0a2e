/** sums + pairs of i16 products. */
@inline
export function dotD16(sums: v128, inputs: v128, weights: v128): v128 {
  return i32x4.add(sums, i32x4.dot_i16x8_s(inputs, weights));
}

/** sums + quads of i8 products; exact for weights in -127..127, whose pairs of products fit 16 bits. */
@inline
export function dotE16(sums: v128, inputs: v128, weights: v128): v128 {
  const pairs = i16x8.add(i16x8.extmul_low_i8x16_s(inputs, weights), i16x8.extmul_high_i8x16_s(inputs, weights));
  return i32x4.add(sums, i32x4.extadd_pairwise_i16x8_s(pairs));
}

/** sums + quads of i8 products. Weights are the first operand, signed on every engine; the second is unsigned on some. */
@inline
export function dotRd(sums: v128, inputs: v128, weights: v128): v128 {
  return i32x4.relaxed_dot_i8x16_i7x16_add_s(weights, inputs, sums);
}

/** Lane n is the sum of the lanes of the n-th argument. */
@inline
export function sumLanes(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = i32x4.add(v128.shuffle<i32>(a, b, 0, 4, 1, 5), v128.shuffle<i32>(a, b, 2, 6, 3, 7));
  const cd = i32x4.add(v128.shuffle<i32>(c, d, 0, 4, 1, 5), v128.shuffle<i32>(c, d, 2, 6, 3, 7));
  return i32x4.add(v128.shuffle<i64>(ab, cd, 0, 2), v128.shuffle<i64>(ab, cd, 1, 3));
}
