/** Stores two f64 as f32, or the first alone. */
@inline
export function storePair(destination: usize, pair: v128, both: bool): void {
  const values = f32x4.demote_f64x2_zero(pair);
  if (both) v128.store64_lane(destination, values, 0);
  else v128.store32_lane(destination, values, 0);
}
