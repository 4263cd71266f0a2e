import { ResizeBilinearParams } from '../abi/resize';
import { storeUpTo16 } from '../micro/copy';
import { storeUpTo4 } from '../micro/f32';

/** Q11 blend of eight codes along one axis, as two i32x4: near * 2^11 + (far - near) * weight. */
@inline
function blendLow(near: v128, far: v128, weight: v128): v128 {
  return i32x4.add(i32x4.shl(i32x4.extend_low_i16x8_s(near), 11), i32x4.extmul_low_i16x8_s(i16x8.sub(far, near), weight));
}

@inline
function blendHigh(near: v128, far: v128, weight: v128): v128 {
  return i32x4.add(i32x4.shl(i32x4.extend_high_i16x8_s(near), 11), i32x4.extmul_high_i16x8_s(i16x8.sub(far, near), weight));
}

/** Q22 blend of two Q11 rows, rounded to a code. */
@inline
function blendRows(top: v128, bottom: v128, weight: v128): v128 {
  const sum = i32x4.add(i32x4.shl(top, 11), i32x4.mul(i32x4.sub(bottom, top), weight));
  return i32x4.shr_s(i32x4.add(sum, i32x4.splat(1 << 21)), 22);
}

/** Blend of four f32 along one axis. */
@inline
function blendF32(near: v128, far: v128, weight: v128): v128 {
  return f32x4.add(near, f32x4.mul(f32x4.sub(far, near), weight));
}

@inline
function resizeBilinear(isReal: bool, params: usize, scratch: usize, begin: i32, end: i32): void {
  const channels = load<i32>(params, ResizeBilinearParams.CHANNELS);
  const height = load<i32>(params, ResizeBilinearParams.OUTPUT_HEIGHT);
  const width = load<i32>(params, ResizeBilinearParams.OUTPUT_WIDTH);
  let output = load<usize>(params, ResizeBilinearParams.OUTPUT) + (<usize>(begin * width * channels) << (isReal ? 2 : 0));
  for (let unit = begin; unit < end; unit++) {
    const batch = unit / height;
    const image = load<usize>(params, ResizeBilinearParams.INPUT) + <usize>(batch * load<i32>(params, ResizeBilinearParams.IMAGE_BYTES));
    const row = load<usize>(params, ResizeBilinearParams.ROWS) + <usize>((unit - batch * height) * 12);
    const top = image + load<usize>(row), bottom = image + load<usize>(row, 4);
    const rowWeight = v128.load32_splat(row, 8);
    let column = load<usize>(params, ResizeBilinearParams.COLUMNS);
    for (let x = 0; x < width; x++) {
      let left = load<usize>(column), right = load<usize>(column, 4);
      if (isReal) {
        const weight = v128.load32_splat(column, 8);
        for (let channel = 0; channel < channels; channel += 4) {
          const upper = blendF32(v128.load(top + left), v128.load(top + right), weight);
          const lower = blendF32(v128.load(bottom + left), v128.load(bottom + right), weight);
          storeUpTo4(output + (<usize>channel << 2), blendF32(upper, lower, rowWeight), channels - channel);
          left += 16;
          right += 16;
        }
        output += <usize>channels << 2;
        column += 12;
        continue;
      }
      const weight = v128.load16_splat(column, 8);
      for (let channel = 0; channel < channels; channel += 8) {
        const topLeft = v128.load8x8_s(top + left + channel), topRight = v128.load8x8_s(top + right + channel);
        const bottomLeft = v128.load8x8_s(bottom + left + channel), bottomRight = v128.load8x8_s(bottom + right + channel);
        const low = blendRows(blendLow(topLeft, topRight, weight), blendLow(bottomLeft, bottomRight, weight), rowWeight);
        const high = blendRows(blendHigh(topLeft, topRight, weight), blendHigh(bottomLeft, bottomRight, weight), rowWeight);
        const codes = i16x8.narrow_i32x4_s(low, high);
        const narrow = i8x16.narrow_i16x8_s(codes, codes);
        if (channels - channel >= 8) v128.store64_lane(output + channel, narrow, 0);
        else storeUpTo16(output + channel, narrow, channels - channel, scratch);
      }
      output += channels;
      column += 12;
    }
  }
}

export function resize_bilinear_qs8(params: usize, scratch: usize, begin: i32, end: i32): void {
  resizeBilinear(false, params, scratch, begin, end);
}

export function resize_bilinear_f32(params: usize, scratch: usize, begin: i32, end: i32): void {
  resizeBilinear(true, params, scratch, begin, end);
}
