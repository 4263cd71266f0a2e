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

/** Copies `count` f32 in steps of four. What follows the end is overwritten, so runs are written in ascending order. */
@inline
export function copyRunF32(source: usize, destination: usize, count: i32): void {
  const end = source + (<usize>count << 2);
  do {
    v128.store(destination, v128.load(source));
    source += 16;
    destination += 16;
  } while (source < end);
}

/** Writes `count` zeros in steps of four, like copyRunF32. */
@inline
export function zeroRunF32(destination: usize, count: i32): void {
  const end = destination + (<usize>count << 2);
  do {
    v128.store(destination, f32x4.splat(0));
    destination += 16;
  } while (destination < end);
}
