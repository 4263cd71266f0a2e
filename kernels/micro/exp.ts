import { ExpTable } from '../abi/softmax-f32';

/** e^x of four x <= 0, in f32 with one rounding an operation; e^FLOOR below FLOOR. `table` is laid out as ExpTable. */
export function expF32(x: v128, table: usize): v128 {
  const clamped = f32x4.pmax(x, v128.load32_splat(table, ExpTable.FLOOR));
  const magic = v128.load32_splat(table, ExpTable.MAGIC);
  const shifted = f32x4.add(f32x4.mul(clamped, v128.load32_splat(table, ExpTable.LOG2_E)), magic);
  const n = f32x4.sub(shifted, magic);
  const high = f32x4.sub(clamped, f32x4.mul(n, v128.load32_splat(table, ExpTable.LN2_HIGH)));
  const r = f32x4.sub(high, f32x4.mul(n, v128.load32_splat(table, ExpTable.LN2_LOW)));
  let p = v128.load32_splat(table, ExpTable.SERIES);
  p = f32x4.add(f32x4.mul(p, r), v128.load32_splat(table, ExpTable.SERIES + 4));
  p = f32x4.add(f32x4.mul(p, r), v128.load32_splat(table, ExpTable.SERIES + 8));
  p = f32x4.add(f32x4.mul(p, r), v128.load32_splat(table, ExpTable.SERIES + 12));
  p = f32x4.add(f32x4.mul(p, r), v128.load32_splat(table, ExpTable.SERIES + 16));
  p = f32x4.add(f32x4.mul(p, r), v128.load32_splat(table, ExpTable.SERIES + 20));
  const one = v128.load32_splat(table, ExpTable.ONE);
  const fraction = f32x4.add(f32x4.add(f32x4.mul(f32x4.mul(p, r), r), r), one);
  // The low bits of `shifted` are n: moved to the exponent of 1 they give 2^n.
  return f32x4.mul(fraction, i32x4.add(i32x4.shl(shifted, 23), one));
}
