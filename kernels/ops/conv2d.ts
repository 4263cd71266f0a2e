import { Conv2dParams } from '../abi/gemm';
import { copyLongRun, fillRun } from '../micro/copy';
import { D16, E16, RD } from '../micro/variant';
import { packPatches } from './patches';
import { blockStride, multiplyBlock, rowTerms } from './tile-block';

/** Padding as elements of T. */
@inline
function padding<T>(params: usize, flip: v128): v128 {
  const value = load<i8>(params, Conv2dParams.PAD_VALUE);
  if (sizeof<T>() == 2) return i16x8.splat(value);
  return isSigned<T>() ? i8x16.splat(value) : v128.xor(i8x16.splat(value), flip);
}

/**
 * The input lines under `count` output pixels from `first`, padded, with the offsets of the pixels' windows in them at `offsets`: taken where the
 * windows of a block overlap enough to fit in `room` bytes. Returns the bytes from the end of a window's line to its next, 0 where not taken.
 */
@inline
function packLines<T>(params: usize, scratch: usize, first: i32, count: i32, offsets: usize, room: i32): i32 {
  const channels = load<i32>(params, Conv2dParams.INPUT_CHANNELS);
  const height = load<i32>(params, Conv2dParams.INPUT_HEIGHT);
  const width = load<i32>(params, Conv2dParams.INPUT_WIDTH);
  const outputHeight = load<i32>(params, Conv2dParams.OUTPUT_HEIGHT);
  const outputWidth = load<i32>(params, Conv2dParams.OUTPUT_WIDTH);
  const kernelWidth = load<i32>(params, Conv2dParams.KERNEL_WIDTH);
  const strideHeight = load<i32>(params, Conv2dParams.STRIDE_HEIGHT);
  const strideWidth = load<i32>(params, Conv2dParams.STRIDE_WIDTH);
  const dilationHeight = load<i32>(params, Conv2dParams.DILATION_HEIGHT);
  const padLeft = load<i32>(params, Conv2dParams.PAD_LEFT);
  const line = first / outputWidth;
  const lastLine = (first + count - 1) / outputWidth;
  const batch = line / outputHeight;
  const lines = (lastLine - line) * strideHeight + (load<i32>(params, Conv2dParams.KERNEL_HEIGHT) - 1) * dilationHeight + 1;
  const pixels = (outputWidth - 1) * strideWidth + kernelWidth;
  const lineCount = pixels * channels;
  if (
    (sizeof<T>() == 1 && load<i32>(params, Conv2dParams.WEIGHT_ZERO) != 0) || kernelWidth * channels % 16 != 0 || padLeft >= kernelWidth
    || load<i32>(params, Conv2dParams.DILATION_WIDTH) != 1 || lastLine / outputHeight != batch || lines * lineCount * <i32>sizeof<T>() > room
  ) return 0;
  const flip = v128.load(params, Conv2dParams.FLIP);
  const pad = padding<T>(params, flip);
  const inside = min(width, pixels - padLeft) * channels;
  const before = padLeft * channels;
  const after = lineCount - before - inside;
  let y = (line - batch * outputHeight) * strideHeight - load<i32>(params, Conv2dParams.PAD_TOP);
  let to = scratch;
  for (let row = 0; row < lines; row++) {
    if (<u32>y < <u32>height) {
      const source = load<usize>(params, Conv2dParams.INPUT) + <usize>((batch * height + y) * width * channels);
      if (before) fillRun<T>(pad, to, before);
      copyLongRun<T>(source, to + <usize>before * sizeof<T>(), inside, flip);
      if (after > 0) fillRun<T>(pad, to + <usize>(before + inside) * sizeof<T>(), after);
    } else {
      fillRun<T>(pad, to, lineCount);
    }
    to += <usize>lineCount * sizeof<T>();
    y++;
  }
  const lineStep = strideHeight * lineCount * <i32>sizeof<T>();
  const pixelStep = strideWidth * channels * <i32>sizeof<T>();
  let column = first - line * outputWidth;
  let start = 0;
  for (let pixel = 0; pixel < count; pixel++) {
    store<i32>(offsets, start + column * pixelStep);
    offsets += 4;
    if (++column == outputWidth) {
      column = 0;
      start += lineStep;
    }
  }
  return (dilationHeight * lineCount - kernelWidth * channels) * <i32>sizeof<T>();
}

@inline
function conv2d<T>(params: usize, scratch: usize, begin: i32, end: i32): void {
  const rows = load<i32>(params, Conv2dParams.ROWS);
  const blockRows = load<i32>(params, Conv2dParams.BLOCK_ROWS);
  const width = load<i32>(params, Conv2dParams.BLOCK_COLUMNS);
  const columnBlocks = (load<i32>(params, Conv2dParams.COLUMNS) + width - 1) / width;
  const stride = blockStride<T>(load<i32>(params, Conv2dParams.DEPTH));
  const input = load<usize>(params, Conv2dParams.INPUT);
  const channels = load<i32>(params, Conv2dParams.INPUT_CHANNELS);
  const flip = v128.load(params, Conv2dParams.FLIP);
  const pad = padding<T>(params, flip);
  const spare = scratch + <usize>(blockRows * stride) + 64;
  // The offsets take the place of a few packed rows, and the copies of runs write past their ends.
  const offsets = spare - <usize>(blockRows << 2) & ~15;
  let packed = -1;
  let terms: usize = 0;
  let skip = 0;
  for (let unit = begin; unit < end; unit++) {
    const block = unit / columnBlocks;
    const first = block * blockRows;
    const count = min(blockRows, rows - first);
    if (block != packed) {
      skip = packLines<T>(params, scratch, first, count, offsets, <i32>(offsets - scratch) - 64);
      if (!skip) {
        packPatches<T>(params + Conv2dParams.INPUT_HEIGHT, input, channels, scratch, stride, first, count, pad, flip);
        terms = rowTerms<T>(params, scratch, stride, count, spare + (<usize>blockRows << 3) + 16);
      }
      packed = block;
    }
    multiplyBlock<T>(params, scratch, stride, first, count, terms, skip ? offsets : 0, skip, unit - block * columnBlocks, spare);
  }
}

export function conv2d_qs8_qc8w_d16(params: usize, scratch: usize, begin: i32, end: i32): void {
  conv2d<D16>(params, scratch, begin, end);
}

export function conv2d_qs8_qc8w_e16(params: usize, scratch: usize, begin: i32, end: i32): void {
  conv2d<E16>(params, scratch, begin, end);
}

export function conv2d_qs8_qc8w_rd(params: usize, scratch: usize, begin: i32, end: i32): void {
  if (ASC_FEATURE_RELAXED_SIMD) conv2d<RD>(params, scratch, begin, end);
}
