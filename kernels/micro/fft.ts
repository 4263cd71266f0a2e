/** (a + bi)(c + di) for the value [a, b], [c, c] and [-d, d]. */
@inline
function multiplyComplex(value: v128, re: v128, im: v128): v128 {
  return f64x2.add(f64x2.mul(value, re), f64x2.mul(v128.shuffle<f64>(value, value, 1, 0), im));
}

/**
 * Radix-2 Stockham transform of `points` complex f64, a power of two.
 * @param twiddles entry j, w = exp(-2 pi i j / (2 * points)): f64 re(w), re(w), -im(w), im(w)
 * @returns where the result lies: `source` or `spare`, both are overwritten
 */
@inline
export function fourierTransform(source: usize, spare: usize, points: i32, twiddles: usize): usize {
  let from = source, to = spare;
  let stride: usize = 16;
  for (let half = points >> 1; half > 0; half >>= 1) {
    const distance = <usize>half * stride;
    let a = from, sum = to, twiddle = twiddles;
    for (let p = 0; p < half; p++) {
      const next = a + stride;
      const re = v128.load(twiddle), im = v128.load(twiddle, 16);
      for (; a < next; a += 16) {
        const x = v128.load(a), y = v128.load(a + distance);
        v128.store(sum, f64x2.add(x, y));
        v128.store(sum + stride, multiplyComplex(f64x2.sub(x, y), re, im));
        sum += 16;
      }
      sum += stride;
      twiddle += stride << 2;
    }
    const free = from;
    from = to;
    to = free;
    stride <<= 1;
  }
  return from;
}
