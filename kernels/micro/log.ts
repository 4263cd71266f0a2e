import { LogTable } from '../abi/audio';

/** Natural logarithms of two positive normal f64 within 1e-14 of the larger of 1 and the result. */
@inline
export function logPair(x: v128, table: usize): v128 {
  const shifted = i64x2.add(x, v128.load(table, LogTable.SHIFT));
  const exponent = f64x2.sub(v128.or(i64x2.shr_u(shifted, 52), v128.load(table, LogTable.WHOLE)), v128.load(table, LogTable.BIAS));
  const fraction = i64x2.add(v128.and(shifted, v128.load(table, LogTable.FRACTION)), v128.load(table, LogTable.SQRT_HALF));
  const one = v128.load(table, LogTable.ONE);
  const s = f64x2.div(f64x2.sub(fraction, one), f64x2.add(fraction, one));
  const square = f64x2.mul(s, s);
  let series = v128.load(table, LogTable.SIZE - 16);
  for (let term = table + LogTable.SIZE - 32; term >= table + LogTable.SERIES; term -= 16) {
    series = f64x2.add(f64x2.mul(series, square), v128.load(term));
  }
  const low = f64x2.add(f64x2.mul(f64x2.mul(s, square), series), f64x2.mul(exponent, v128.load(table, LogTable.LN2_LOW)));
  return f64x2.add(f64x2.mul(exponent, v128.load(table, LogTable.LN2_HIGH)), f64x2.add(f64x2.add(s, s), low));
}
