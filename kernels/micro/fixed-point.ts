/** x * mantissa * 2^(exponent - 31), rounded to nearest twice: ties up in the product with the mantissa, away from zero in the shift right. */
export function multiplyFixed(x: i32, mantissa: i32, exponent: i32): i32 {
  const high = <i32>(<i64>(x << max(exponent, 0)) * <i64>mantissa + 0x40000000 >> 31);
  const right = max(-exponent, 0);
  const mask = (1 << right) - 1;
  return (high >> right) + i32((high & mask) > (mask >> 1) + i32(high < 0));
}
