import { Dwconv2dParams } from '../abi/dwconv2d';
import { slideD16, slideD16Pair, slideD16Single } from '../generated/dwconv2d-d16';
import { slideE16s1, slideE16s2 } from '../generated/dwconv2d-e16';
import { slideRdPair, slideRds1, slideRds2 } from '../generated/dwconv2d-rd';
import { copyFew, storeUpTo16 } from '../micro/copy';
import { dotD16, dotRd } from '../micro/dot';
import { clampCodes, narrowCodes, requantize } from '../micro/requantize';
import { D16, E16, RD } from '../micro/variant';
import { zipHigh16, zipHigh8, zipLow16, zipLow8 } from '../micro/zip';

/** Channels of one packed block. */
@inline
function blockChannels<T>(): i32 {
  return isE16<T>() ? 16 : 8;
}

@inline
function isRd<T>(): bool {
  return sizeof<T>() == 1 && !isSigned<T>();
}

@inline
function isE16<T>(): bool {
  return sizeof<T>() == 1 && isSigned<T>();
}

/** Packed position of a tap; windows of nine taps stand in the order the sliding kernels read them. */
@inline
function tapSlot<T>(taps: i32, tap: i32): i32 {
  if (taps != 9) return tap;
  const row = tap / 3;
  const column = tap - row * 3;
  if (isRd<T>()) return column * 4 + row;
  if (isE16<T>()) return row == 2 ? tap : column * 2 + row;
  if (row != 0) return column * 2 + row - 1;
  return column == 2 ? 8 : 7 - column;
}

/** Packed taps of a channel, with the zero taps that fill groups. */
@inline
function slotCount<T>(taps: i32): i32 {
  return isRd<T>() ? taps + 3 & ~3 : taps + 1 & ~1;
}

@inline
function blockBytes<T>(slots: i32): i32 {
  return slots * blockChannels<T>() * <i32>sizeof<T>();
}

@inline
function slideRow<T>(
  params: usize, top: usize, middle: usize, bottom: usize, pad: usize,
  weights: usize, bias: usize, scale: usize, target: usize, pixelBytes: i32, blocks: i32,
): void {
  const single = load<i32>(params, Dwconv2dParams.STRIDE_WIDTH) == 1;
  if (sizeof<T>() == 2) {
    if (single) slideD16Single(params, top, middle, bottom, pad, weights, bias, scale, target, pixelBytes, blocks);
    else slideD16(params, top, middle, bottom, pad, weights, bias, scale, target, pixelBytes, blocks);
  } else if (isSigned<T>()) {
    if (single) slideE16s1(params, top, middle, bottom, pad, weights, bias, scale, target, pixelBytes, blocks);
    else slideE16s2(params, top, middle, bottom, pad, weights, bias, scale, target, pixelBytes, blocks);
  } else {
    if (single) slideRds1(params, top, middle, bottom, pad, weights, bias, scale, target, pixelBytes, blocks);
    else slideRds2(params, top, middle, bottom, pad, weights, bias, scale, target, pixelBytes, blocks);
  }
}

@inline
function slidePair<T>(
  params: usize, top: usize, middle: usize, bottom: usize, below: usize, pad: usize,
  weights: usize, bias: usize, scale: usize, target: usize, pixelBytes: i32, blocks: i32,
): void {
  if (sizeof<T>() == 2) slideD16Pair(params, top, middle, bottom, below, pad, weights, bias, scale, target, pixelBytes, blocks);
  else slideRdPair(params, top, middle, bottom, below, pad, weights, bias, scale, target, pixelBytes, blocks);
}

/** Codes of one block of channels, over the taps whose addresses stand from `taps` to `tapsEnd`. */
@inline
function blockOutput<T>(params: usize, taps: usize, tapsEnd: usize, channel: usize, weights: usize, bias: usize, scale: usize, flip: v128): v128 {
  let c0 = v128.load(bias), c1 = v128.load(bias, 16);
  const magic = v128.load(params, Dwconv2dParams.MAGIC);
  const offset = v128.load(params, Dwconv2dParams.OFFSET);
  const bounds = params + Dwconv2dParams.MIN;
  if (sizeof<T>() == 2) {
    do {
      const a = v128.load8x8_s(load<usize>(taps) + channel), b = v128.load8x8_s(load<usize>(taps, 4) + channel);
      c0 = dotD16(c0, zipLow16(a, b), v128.load(weights));
      c1 = dotD16(c1, zipHigh16(a, b), v128.load(weights, 16));
      taps += 8;
      weights += 32;
    } while (taps < tapsEnd);
  } else if (isSigned<T>()) {
    let c2 = v128.load(bias, 32), c3 = v128.load(bias, 48);
    do {
      const a = v128.load(load<usize>(taps) + channel), b = v128.load(load<usize>(taps, 4) + channel);
      const low = zipLow8(a, b), high = zipHigh8(a, b);
      const wLow = v128.load(weights), wHigh = v128.load(weights, 16);
      c0 = i32x4.add(c0, i32x4.extadd_pairwise_i16x8_s(i16x8.extmul_low_i8x16_s(low, wLow)));
      c1 = i32x4.add(c1, i32x4.extadd_pairwise_i16x8_s(i16x8.extmul_high_i8x16_s(low, wLow)));
      c2 = i32x4.add(c2, i32x4.extadd_pairwise_i16x8_s(i16x8.extmul_low_i8x16_s(high, wHigh)));
      c3 = i32x4.add(c3, i32x4.extadd_pairwise_i16x8_s(i16x8.extmul_high_i8x16_s(high, wHigh)));
      taps += 8;
      weights += 32;
    } while (taps < tapsEnd);
    const q2 = requantize(c2, v128.load(scale, 32), magic, offset), q3 = requantize(c3, v128.load(scale, 48), magic, offset);
    return clampCodes(narrowCodes(requantize(c0, v128.load(scale), magic, offset), requantize(c1, v128.load(scale, 16), magic, offset), q2, q3), bounds);
  } else {
    do {
      const ab = zipLow8(v128.load64_zero(load<usize>(taps) + channel), v128.load64_zero(load<usize>(taps, 4) + channel));
      const cd = zipLow8(v128.load64_zero(load<usize>(taps, 8) + channel), v128.load64_zero(load<usize>(taps, 12) + channel));
      c0 = dotRd(c0, v128.xor(zipLow16(ab, cd), flip), v128.load(weights));
      c1 = dotRd(c1, v128.xor(zipHigh16(ab, cd), flip), v128.load(weights, 16));
      taps += 16;
      weights += 32;
    } while (taps < tapsEnd);
  }
  const q0 = requantize(c0, v128.load(scale), magic, offset), q1 = requantize(c1, v128.load(scale, 16), magic, offset);
  return clampCodes(narrowCodes(q0, q1, q0, q1), bounds);
}

/** One output row of any window: the addresses of a pixel's taps, in packed order, then block of channels by block of channels. */
@inline
function gatherRow<T>(params: usize, image: usize, row: i32, output: usize, pad: usize, addresses: usize, spare: usize): void {
  const channels = load<i32>(params, Dwconv2dParams.CHANNELS);
  const height = load<i32>(params, Dwconv2dParams.INPUT_HEIGHT);
  const width = load<i32>(params, Dwconv2dParams.INPUT_WIDTH);
  const kernelHeight = load<i32>(params, Dwconv2dParams.KERNEL_HEIGHT);
  const kernelWidth = load<i32>(params, Dwconv2dParams.KERNEL_WIDTH);
  const dilationHeight = load<i32>(params, Dwconv2dParams.DILATION_HEIGHT);
  const dilationWidth = load<i32>(params, Dwconv2dParams.DILATION_WIDTH);
  const strideWidth = load<i32>(params, Dwconv2dParams.STRIDE_WIDTH);
  const outputWidth = load<i32>(params, Dwconv2dParams.OUTPUT_WIDTH);
  const flip = v128.load(params, Dwconv2dParams.FLIP);
  const taps = kernelHeight * kernelWidth;
  const slots = slotCount<T>(taps);
  const addressesEnd = addresses + (<usize>slots << 2);
  for (let slot = addresses; slot < addressesEnd; slot += 4) store<usize>(slot, pad);
  const top = row * load<i32>(params, Dwconv2dParams.STRIDE_HEIGHT) - load<i32>(params, Dwconv2dParams.PAD_TOP);
  let left = -load<i32>(params, Dwconv2dParams.PAD_LEFT);
  for (let pixel = 0; pixel < outputWidth; pixel++) {
    let tap = 0;
    let y = top;
    for (let ky = 0; ky < kernelHeight; ky++) {
      const line = image + <usize>(y * width * channels);
      const inside = <u32>y < <u32>height;
      let x = left;
      for (let kx = 0; kx < kernelWidth; kx++) {
        store<usize>(addresses + (<usize>tapSlot<T>(taps, tap) << 2), inside && <u32>x < <u32>width ? line + <usize>(x * channels) : pad);
        tap++;
        x += dilationWidth;
      }
      y += dilationHeight;
    }
    left += strideWidth;
    let weights = load<usize>(params, Dwconv2dParams.WEIGHTS);
    let bias = load<usize>(params, Dwconv2dParams.BIAS);
    let scale = load<usize>(params, Dwconv2dParams.SCALE);
    for (let channel = 0; channel < channels; channel += blockChannels<T>()) {
      const codes = blockOutput<T>(params, addresses, addressesEnd, channel, weights, bias, scale, flip);
      const target = output + <usize>channel;
      if (blockChannels<T>() == 16) storeUpTo16(target, codes, channels - channel, spare);
      else if (channels - channel >= 8) v128.store64_lane(target, codes, 0);
      else storeUpTo16(target, codes, channels - channel, spare);
      weights += blockBytes<T>(slots);
      bias += 4 * blockChannels<T>();
      scale += 4 * blockChannels<T>();
    }
    output += channels;
  }
}

@inline
function inputRow(image: usize, y: i32, height: i32, rowBytes: usize, pad: usize): usize {
  return <u32>y < <u32>height ? image + <usize>y * rowBytes : pad;
}

@inline
function dwconv2d<T>(params: usize, scratch: usize, begin: i32, end: i32): void {
  const channels = load<i32>(params, Dwconv2dParams.CHANNELS);
  const height = load<i32>(params, Dwconv2dParams.INPUT_HEIGHT);
  const width = load<i32>(params, Dwconv2dParams.INPUT_WIDTH);
  const outputHeight = load<i32>(params, Dwconv2dParams.OUTPUT_HEIGHT);
  const outputWidth = load<i32>(params, Dwconv2dParams.OUTPUT_WIDTH);
  const strideHeight = load<i32>(params, Dwconv2dParams.STRIDE_HEIGHT);
  const strideWidth = load<i32>(params, Dwconv2dParams.STRIDE_WIDTH);
  const dilationHeight = load<i32>(params, Dwconv2dParams.DILATION_HEIGHT);
  const padTop = load<i32>(params, Dwconv2dParams.PAD_TOP);
  const padLeft = load<i32>(params, Dwconv2dParams.PAD_LEFT);
  const weights = load<usize>(params, Dwconv2dParams.WEIGHTS);
  const bias = load<usize>(params, Dwconv2dParams.BIAS);
  const scale = load<usize>(params, Dwconv2dParams.SCALE);
  const rowBytes = <usize>(width * channels);
  const outputRowBytes = <usize>(outputWidth * channels);
  const blocks = channels / blockChannels<T>();
  const rest = channels - blocks * blockChannels<T>();
  const lastColumn = (outputWidth - 1) * strideWidth - padLeft + 2;
  const slides = load<i32>(params, Dwconv2dParams.KERNEL_HEIGHT) == 3 && load<i32>(params, Dwconv2dParams.KERNEL_WIDTH) == 3
    && load<i32>(params, Dwconv2dParams.DILATION_WIDTH) == 1 && strideWidth <= 2 && padLeft <= 1 && lastColumn <= width;

  const pad = scratch;
  const spare = pad + (rowBytes + 31 & ~15);
  const addresses = spare + <usize>(outputWidth << 4) + 16;
  memory.fill(pad, load<u8>(params, Dwconv2dParams.PAD_VALUE), rowBytes + 16);

  const pairs = !isE16<T>() && slides && strideHeight == 1 && strideWidth == 1 && dilationHeight == 1;
  let unit = begin;
  while (unit < end) {
    const batch = unit / outputHeight;
    const row = unit - batch * outputHeight;
    const image = load<usize>(params, Dwconv2dParams.INPUT) + <usize>(batch * height) * rowBytes;
    const output = load<usize>(params, Dwconv2dParams.OUTPUT) + <usize>unit * outputRowBytes;
    unit++;
    if (!slides) {
      gatherRow<T>(params, image, row, output, pad, addresses, spare);
      continue;
    }
    const y = row * strideHeight - padTop;
    const top = inputRow(image, y, height, rowBytes, pad);
    const middle = inputRow(image, y + dilationHeight, height, rowBytes, pad);
    const bottom = inputRow(image, y + dilationHeight * 2, height, rowBytes, pad);
    const below = inputRow(image, y + 3, height, rowBytes, pad);
    const rows = !isE16<T>() && pairs && row + 1 < outputHeight && unit < end ? 2 : 1;
    unit += rows - 1;
    let first = 0, w = weights, b = bias, s = scale, target = output, pixelBytes = channels, count = blocks;
    for (;;) {
      if (!isE16<T>() && rows == 2) {
        slidePair<T>(params, top + first, middle + first, bottom + first, below + first, pad, w, b, s, target, pixelBytes, count);
      } else {
        slideRow<T>(params, top + first, middle + first, bottom + first, pad, w, b, s, target, pixelBytes, count);
      }
      if (!rest || target == spare) break;
      first = channels - rest;
      w += <usize>(blocks * blockBytes<T>(slotCount<T>(9)));
      b += <usize>first << 2;
      s += <usize>first << 2;
      target = spare;
      pixelBytes = blockChannels<T>();
      count = 1;
    }
    if (rest) {
      for (let pixel = 0; pixel < rows * outputWidth; pixel++) {
        copyFew(spare + <usize>(pixel * blockChannels<T>()), output + <usize>(pixel * channels + first), rest);
      }
    }
  }
}

export function dwconv2d_qs8_qc8w_d16(params: usize, scratch: usize, begin: i32, end: i32): void {
  dwconv2d<D16>(params, scratch, begin, end);
}

export function dwconv2d_qs8_qc8w_e16(params: usize, scratch: usize, begin: i32, end: i32): void {
  dwconv2d<E16>(params, scratch, begin, end);
}

export function dwconv2d_qs8_qc8w_rd(params: usize, scratch: usize, begin: i32, end: i32): void {
  if (ASC_FEATURE_RELAXED_SIMD) dwconv2d<RD>(params, scratch, begin, end);
}
