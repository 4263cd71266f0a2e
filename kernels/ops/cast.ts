import { CastParams, CastType } from '../abi/convert';
import { SqrtParams } from '../abi/unary';
import { copyFew, storeUpTo16 } from '../micro/copy';

/** Four elements as f32 where they are floats, else as i32. */
@inline
function loadQuad(type: i32, address: usize): v128 {
  if (type == CastType.int8) return i32x4.extend_low_i16x8_s(i16x8.extend_low_i8x16_s(v128.load32_zero(address)));
  if (type == CastType.uint8) return i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(address)));
  return v128.load(address);
}

/** Four floats truncated to integers of `least` to `most`; NaN gives `most`. */
@inline
function truncateQuad(reals: v128, least: v128, most: v128): v128 {
  const whole = i32x4.min_s(i32x4.max_s(i32x4.trunc_sat_f32x4_s(reals), least), most);
  return v128.bitselect(most, whole, f32x4.ne(reals, reals));
}

/** Stores `count` of four i32 or f32 elements as `type`; narrower integers keep the low bits. */
@inline
function storeQuad(type: i32, address: usize, values: v128, count: i32, scratch: usize): void {
  if (type == CastType.int8 || type == CastType.uint8) {
    v128.store(scratch, v128.shuffle<i8>(values, values, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12));
    copyFew(scratch, address, count);
  } else storeUpTo16(address, values, count << 2, scratch);
}

export function cast_x(params: usize, scratch: usize, begin: i32, end: i32): void {
  const from = load<i32>(params, CastParams.FROM);
  const to = load<i32>(params, CastParams.TO);
  const fromBytes: i32 = from == CastType.int8 || from == CastType.uint8 ? 1 : 4;
  const toBytes: i32 = to == CastType.int8 || to == CastType.uint8 ? 1 : 4;
  const least = i32x4.splat(to == CastType.int8 ? -128 : to == CastType.uint8 ? 0 : i32.MIN_VALUE);
  const most = i32x4.splat(to == CastType.int8 ? 127 : to == CastType.uint8 ? 255 : i32.MAX_VALUE);
  const block = load<i32>(params, CastParams.BLOCK);
  const last = min(end * block, load<i32>(params, CastParams.COUNT));
  for (let i = begin * block; i < last; i += 4) {
    let values = loadQuad(from, load<usize>(params, CastParams.INPUT) + <usize>(i * fromBytes));
    if (to == CastType.float32) {
      if (from != CastType.float32) values = f32x4.convert_i32x4_s(values);
    } else if (from == CastType.float32) values = truncateQuad(values, least, most);
    storeQuad(to, load<usize>(params, CastParams.OUTPUT) + <usize>(i * toBytes), values, min(4, last - i), scratch);
  }
}

export function sqrt_f32(params: usize, scratch: usize, begin: i32, end: i32): void {
  const block = load<i32>(params, SqrtParams.BLOCK);
  const last = min(end * block, load<i32>(params, SqrtParams.COUNT));
  for (let i = begin * block; i < last; i += 4) {
    const at = <usize>i << 2;
    storeUpTo16(load<usize>(params, SqrtParams.OUTPUT) + at, f32x4.sqrt(v128.load(load<usize>(params, SqrtParams.INPUT) + at)), (last - i) << 2, scratch);
  }
}
