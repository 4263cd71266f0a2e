import { MatmulF32Params, MatmulParams } from '../abi/matmul';
import { multiplyFixed } from '../micro/fixed-point';
import { zipHigh16, zipLow16 } from '../micro/zip';

/** Bytes from the first operand to that of product `index`; `side` is 4 for A, 8 for B. */
function operandOffset(params: usize, index: i32, side: usize): usize {
  const dims = load<usize>(params, MatmulF32Params.DIMS);
  let offset = 0;
  for (let dim = dims + <usize>(12 * load<i32>(params, MatmulF32Params.RANK)); dim > dims;) {
    dim -= 12;
    const outer = index / load<i32>(dim);
    offset += (index - outer * load<i32>(dim)) * load<i32>(dim + side);
    index = outer;
  }
  return <usize>offset;
}

/** Four rows of four sums at `sums`, 16 bytes apart; rows of A are `a1`, `a2` and `a3` bytes behind the first. */
@inline
function tileF32(a: usize, a1: usize, a2: usize, a3: usize, rowBytes: usize, b: usize, step: usize, sums: usize): void {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
  for (const end = a + rowBytes; a < end; a += 4) {
    const terms = v128.load(b);
    s0 = f32x4.add(s0, f32x4.mul(v128.load32_splat(a), terms));
    s1 = f32x4.add(s1, f32x4.mul(v128.load32_splat(a + a1), terms));
    s2 = f32x4.add(s2, f32x4.mul(v128.load32_splat(a + a2), terms));
    s3 = f32x4.add(s3, f32x4.mul(v128.load32_splat(a + a3), terms));
    b += step;
  }
  v128.store(sums, s0);
  v128.store(sums, s1, 16);
  v128.store(sums, s2, 32);
  v128.store(sums, s3, 48);
}

/** Two rows of eight codes at `codes`, 16 bytes apart; rows of A are pairs of i16. */
@inline
function tileQs8(params: usize, a: usize, a1: usize, depth: i32, b: usize, step: usize, codes: usize): void {
  const zero = i16x8.splat(<i16>load<i32>(params, MatmulParams.ZERO_B));
  let l0 = i32x4.splat(0), l1 = l0, h0 = l0, h1 = l0;
  for (; depth > 0; depth -= 2) {
    const even = i16x8.sub(v128.load8x8_s(b), zero);
    const odd = i16x8.sub(v128.load8x8_s(depth > 1 ? b + step : b), zero);
    const low = zipLow16(even, odd), high = zipHigh16(even, odd);
    const p0 = v128.load32_splat(a), p1 = v128.load32_splat(a + a1);
    l0 = i32x4.add(l0, i32x4.dot_i16x8_s(low, p0));
    h0 = i32x4.add(h0, i32x4.dot_i16x8_s(high, p0));
    l1 = i32x4.add(l1, i32x4.dot_i16x8_s(low, p1));
    h1 = i32x4.add(h1, i32x4.dot_i16x8_s(high, p1));
    b += step << 1;
    a += 4;
  }
  const sums = codes + 32;
  v128.store(sums, l0);
  v128.store(sums, h0, 16);
  v128.store(sums, l1, 32);
  v128.store(sums, h1, 48);
  for (let i: usize = 0; i < 16; i++) {
    const scaled = multiplyFixed(load<i32>(sums + (i << 2)), load<i32>(params, MatmulParams.MANTISSA), load<i32>(params, MatmulParams.EXPONENT));
    store<i8>(codes + (i & 8) + i, max(-128, min(127, scaled + load<i32>(params, MatmulParams.ZERO))));
  }
}

/** MatmulF32Params and MatmulParams agree in all fields read here; elements have 1 << `shift` bytes. */
function matmul(params: usize, scratch: usize, begin: i32, end: i32, shift: usize): void {
  const rows = load<i32>(params, MatmulF32Params.ROWS);
  const step = load<usize>(params, MatmulF32Params.COLUMNS) << shift;
  const depth = load<i32>(params, MatmulF32Params.DEPTH);
  const block = load<i32>(params, MatmulF32Params.BLOCK_ROWS);
  const blocks = (rows + block - 1) / block;
  const rowBytes = shift ? <usize>depth << 2 : <usize>(depth + 1 & ~1) << 1;
  const tileBytes: usize = shift ? 16 : 8;
  const tileRows: i32 = shift ? 4 : 2;
  for (let unit = begin; unit < end; unit++) {
    const product = unit / blocks;
    const first = (unit - product * blocks) * block;
    let left = min(block, rows - first);
    let a = load<usize>(params, MatmulF32Params.A) + operandOffset(params, product, 4) + (<usize>(first * depth) << shift);
    const b = load<usize>(params, MatmulF32Params.B) + operandOffset(params, product, 8);
    let output = load<usize>(params, MatmulF32Params.OUTPUT) + <usize>(product * rows + first) * step;
    if (!shift) {
      // Rows as i16 less the zero point, one zero after an odd depth.
      let to = scratch + 96;
      for (let row = left; row > 0; row--) {
        store<i16>(to + rowBytes - 2, 0);
        for (let k = 0; k < depth; k++) store<i16>(to + (<usize>k << 1), <i32>load<i8>(a++) - load<i32>(params, MatmulParams.ZERO_A));
        to += rowBytes;
      }
      a = scratch + 96;
    }
    for (; left > 0; left -= tileRows) {
      // A tile that reaches past the last row computes that row again.
      const a1 = left > 1 ? rowBytes : 0, a2 = left > 2 ? rowBytes << 1 : 0, a3 = left > 3 ? rowBytes * 3 : 0;
      for (let column: usize = 0; column < step; column += tileBytes) {
        if (shift) tileF32(a, a1, a2, a3, rowBytes, b + column, step, scratch);
        else tileQs8(params, a, a1, depth, b + column, step, scratch);
        let to = output + column;
        for (let row: usize = 0; row < <usize>min(left, tileRows); row++) {
          memory.copy(to, scratch + (row << 4), min(tileBytes, step - column));
          to += step;
        }
      }
      a += rowBytes * tileRows;
      output += step * tileRows;
    }
  }
}

export function matmul_f32(params: usize, scratch: usize, begin: i32, end: i32): void {
  matmul(params, scratch, begin, end, 2);
}

export function matmul_qs8(params: usize, scratch: usize, begin: i32, end: i32): void {
  matmul(params, scratch, begin, end, 0);
}
