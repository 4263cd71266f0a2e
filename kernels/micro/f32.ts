/** Values below `least` become `least`, above `most` become `most`; NaN stays. */
@inline
export function clampF32(value: v128, least: v128, most: v128): v128 {
  return f32x4.pmin(f32x4.pmax(value, least), most);
}

/** Stores the first `count` of four lanes; all of them at once where there are as many. */
@inline
export function storeUpTo4(destination: usize, value: v128, count: i32): void {
  if (count >= 4) {
    v128.store(destination, value);
  } else {
    v128.store32_lane(destination, value, 0);
    if (count > 1) v128.store32_lane(destination, value, 1, 4);
    if (count > 2) v128.store32_lane(destination, value, 2, 8);
  }
}
