import { expF32 } from './exp';

/** Hyperbolic tangents of four f32, or else logistic functions 1 / (1 + e^-x); `table` is laid out as ExpTable. */
export function squashF32(x: v128, isTangent: bool, table: usize): v128 {
  const one = f32x4.splat(1);
  const e = expF32(f32x4.mul(f32x4.abs(x), f32x4.splat(isTangent ? -2 : -1)), table);
  const positive = isTangent ? f32x4.sub(one, e) : one;
  const negative = isTangent ? f32x4.neg(positive) : e;
  return f32x4.div(v128.bitselect(negative, positive, f32x4.lt(x, f32x4.splat(0))), f32x4.add(one, e));
}
