import { AddParams } from '../abi';
import { storeUpTo16 } from '../micro/copy';
import { clampCodes } from '../micro/requantize';

/** Codes of four sums a * SCALE_A + b * SCALE_B + BIAS. */
@inline
function addQuad(params: usize, a: v128, b: v128): v128 {
  const scaledA = f32x4.mul(f32x4.convert_i32x4_s(a), v128.load(params, AddParams.SCALE_A));
  const scaledB = f32x4.mul(f32x4.convert_i32x4_s(b), v128.load(params, AddParams.SCALE_B));
  const sum = f32x4.add(f32x4.add(scaledA, scaledB), v128.load(params, AddParams.BIAS));
  return i32x4.sub(f32x4.add(sum, v128.load(params, AddParams.MAGIC)), v128.load(params, AddParams.OFFSET));
}

export function add_qs8(params: usize, scratch: usize, begin: i32, end: i32): void {
  const a = load<usize>(params, AddParams.A);
  const b = load<usize>(params, AddParams.B);
  const output = load<usize>(params, AddParams.OUTPUT);
  const block = load<i32>(params, AddParams.BLOCK);
  const last = min(end * block, load<i32>(params, AddParams.COUNT));
  const least = v128.load(params, AddParams.MIN);
  const most = v128.load(params, AddParams.MAX);
  for (let i = begin * block; i < last; i += 16) {
    const x = v128.load(a + i), y = v128.load(b + i);
    const xLow = i16x8.extend_low_i8x16_s(x), yLow = i16x8.extend_low_i8x16_s(y);
    const xHigh = i16x8.extend_high_i8x16_s(x), yHigh = i16x8.extend_high_i8x16_s(y);
    const q0 = addQuad(params, i32x4.extend_low_i16x8_s(xLow), i32x4.extend_low_i16x8_s(yLow));
    const q1 = addQuad(params, i32x4.extend_high_i16x8_s(xLow), i32x4.extend_high_i16x8_s(yLow));
    const q2 = addQuad(params, i32x4.extend_low_i16x8_s(xHigh), i32x4.extend_low_i16x8_s(yHigh));
    const q3 = addQuad(params, i32x4.extend_high_i16x8_s(xHigh), i32x4.extend_high_i16x8_s(yHigh));
    storeUpTo16(output + i, clampCodes(q0, q1, q2, q3, least, most), last - i, scratch);
  }
}
