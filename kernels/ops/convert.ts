import { DequantizeParams, QuantizeParams } from '../abi/convert';
import { copyFew, storeUpTo16 } from '../micro/copy';

/** Codes of four reals; pmax and pmin take a NaN to the least code. */
@inline
function quantizeQuad(params: usize, input: usize): v128 {
  const scaled = f32x4.mul(v128.load(input), v128.load(params, QuantizeParams.SCALE));
  const bounded = f32x4.pmin(v128.load(params, QuantizeParams.MOST), f32x4.pmax(v128.load(params, QuantizeParams.LEAST), scaled));
  return i32x4.sub(f32x4.add(bounded, v128.load(params, QuantizeParams.MAGIC)), v128.load(params, QuantizeParams.OFFSET));
}

export function quantize_f32_qs8(params: usize, scratch: usize, begin: i32, end: i32): void {
  const input = load<usize>(params, QuantizeParams.INPUT);
  const output = load<usize>(params, QuantizeParams.OUTPUT);
  const block = load<i32>(params, QuantizeParams.BLOCK);
  const last = min(end * block, load<i32>(params, QuantizeParams.COUNT));
  const flip = v128.load(params, QuantizeParams.FLIP);
  for (let i = begin * block; i < last; i += 16) {
    const source = input + (<usize>i << 2);
    let left = last - i;
    const q0 = quantizeQuad(params, source);
    const q1 = left > 4 ? quantizeQuad(params, source + 16) : q0;
    const q2 = left > 8 ? quantizeQuad(params, source + 32) : q0;
    const q3 = left > 12 ? quantizeQuad(params, source + 48) : q0;
    const codes = i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(q0, q1), i16x8.narrow_i32x4_s(q2, q3));
    storeUpTo16(output + i, v128.xor(codes, flip), left, scratch);
  }
}

@inline
function dequantizeQuad(params: usize, codes: v128): v128 {
  const steps = i32x4.sub(codes, v128.load(params, DequantizeParams.ZERO));
  return f32x4.mul(f32x4.convert_i32x4_s(steps), v128.load(params, DequantizeParams.SCALE));
}

export function dequantize_qs8_f32(params: usize, scratch: usize, begin: i32, end: i32): void {
  const input = load<usize>(params, DequantizeParams.INPUT);
  const output = load<usize>(params, DequantizeParams.OUTPUT);
  const block = load<i32>(params, DequantizeParams.BLOCK);
  const last = min(end * block, load<i32>(params, DequantizeParams.COUNT));
  const flip = v128.load(params, DequantizeParams.FLIP);
  for (let i = begin * block; i < last; i += 8) {
    const codes = i16x8.extend_low_i8x16_s(v128.xor(v128.load64_zero(input + i), flip));
    const low = dequantizeQuad(params, i32x4.extend_low_i16x8_s(codes));
    const high = dequantizeQuad(params, i32x4.extend_high_i16x8_s(codes));
    const target = output + (<usize>i << 2);
    if (last - i >= 8) {
      v128.store(target, low);
      v128.store(target, high, 16);
    } else {
      v128.store(scratch, low);
      v128.store(scratch, high, 16);
      copyFew(scratch, target, (last - i) << 2);
    }
  }
}
