import { Pool2dParams } from '../abi/pool2d';
import { storeUpTo16 } from '../micro/copy';
import { clampCodes, narrowCodes, roundBiased } from '../micro/requantize';

/** Codes of four sums. */
@inline
function averageQuad(params: usize, sums: v128, scale: v128): v128 {
  return roundBiased(
    f32x4.convert_i32x4_s(sums), scale, v128.load(params, Pool2dParams.BIAS), v128.load(params, Pool2dParams.MAGIC), v128.load(params, Pool2dParams.OFFSET),
  );
}

/** Codes of sixteen channels over `rows` x `columns` taps from `source`. */
@inline
function averageTaps(params: usize, source: usize, rows: i32, columns: i32, pixelBytes: usize, rowBytes: usize): v128 {
  let c0 = i32x4.splat(load<i32>(params, Pool2dParams.LIFT) * rows * columns);
  let c1 = c0, c2 = c0, c3 = c0;
  for (let y = 0; y < rows; y++) {
    let tap = source;
    for (let x = 0; x < columns; x++) {
      const codes = v128.load(tap);
      const low = i16x8.extend_low_i8x16_s(codes), high = i16x8.extend_high_i8x16_s(codes);
      c0 = i32x4.add(c0, i32x4.extend_low_i16x8_s(low));
      c1 = i32x4.add(c1, i32x4.extend_high_i16x8_s(low));
      c2 = i32x4.add(c2, i32x4.extend_low_i16x8_s(high));
      c3 = i32x4.add(c3, i32x4.extend_high_i16x8_s(high));
      tap += pixelBytes;
    }
    source += rowBytes;
  }
  const scale = v128.load32_splat(load<usize>(params, Pool2dParams.RECIPROCALS) + (<usize>(rows * columns) << 2));
  const q0 = averageQuad(params, c0, scale), q1 = averageQuad(params, c1, scale);
  const q2 = averageQuad(params, c2, scale), q3 = averageQuad(params, c3, scale);
  return clampCodes(narrowCodes(q0, q1, q2, q3), params + Pool2dParams.MIN);
}

@inline
function greatestTap(params: usize, source: usize, rows: i32, columns: i32, pixelBytes: usize, rowBytes: usize): v128 {
  let greatest = v128.load(params, Pool2dParams.MIN);
  for (let y = 0; y < rows; y++) {
    let tap = source;
    for (let x = 0; x < columns; x++) {
      greatest = i8x16.max_s(greatest, v128.load(tap));
      tap += pixelBytes;
    }
    source += rowBytes;
  }
  return i8x16.min_s(greatest, v128.load(params, Pool2dParams.MAX));
}

/** T is i32 for the average, i8 for the maximum: the type of what is accumulated. */
@inline
function pool2d<T>(params: usize, scratch: usize, begin: i32, end: i32): void {
  const channels = load<i32>(params, Pool2dParams.CHANNELS);
  const height = load<i32>(params, Pool2dParams.INPUT_HEIGHT);
  const width = load<i32>(params, Pool2dParams.INPUT_WIDTH);
  const outputHeight = load<i32>(params, Pool2dParams.OUTPUT_HEIGHT);
  const outputWidth = load<i32>(params, Pool2dParams.OUTPUT_WIDTH);
  const rowBytes = width * channels;
  let output = load<usize>(params, Pool2dParams.OUTPUT) + <usize>(begin * outputWidth * channels);
  for (let unit = begin; unit < end; unit++) {
    const batch = unit / outputHeight;
    const image = load<usize>(params, Pool2dParams.INPUT) + <usize>(batch * height * rowBytes);
    const y = (unit - batch * outputHeight) * load<i32>(params, Pool2dParams.STRIDE_HEIGHT) - load<i32>(params, Pool2dParams.PAD_TOP);
    const top = max(y, 0);
    const rows = min(y + load<i32>(params, Pool2dParams.KERNEL_HEIGHT), height) - top;
    let x = -load<i32>(params, Pool2dParams.PAD_LEFT);
    for (let pixel = 0; pixel < outputWidth; pixel++) {
      const left = max(x, 0);
      const columns = min(x + load<i32>(params, Pool2dParams.KERNEL_WIDTH), width) - left;
      const source = image + <usize>(top * rowBytes + left * channels);
      for (let channel = 0; channel < channels; channel += 16) {
        const codes = sizeof<T>() == 4
          ? averageTaps(params, source + channel, rows, columns, channels, rowBytes)
          : greatestTap(params, source + channel, rows, columns, channels, rowBytes);
        storeUpTo16(output + channel, codes, channels - channel, scratch);
      }
      output += channels;
      x += load<i32>(params, Pool2dParams.STRIDE_WIDTH);
    }
  }
}

export function avgpool2d_qs8(params: usize, scratch: usize, begin: i32, end: i32): void {
  pool2d<i32>(params, scratch, begin, end);
}

export function maxpool2d_qs8(params: usize, scratch: usize, begin: i32, end: i32): void {
  pool2d<i8>(params, scratch, begin, end);
}
