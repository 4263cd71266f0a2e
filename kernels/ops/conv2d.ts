import { Conv2dParams } from '../abi/gemm';
import { copyLongRun, copyRun, copyStep, fillRun } from '../micro/copy';
import { D16, E16, RD } from '../micro/variant';
import { blockStride, multiplyBlock, rowTerms } from './tile-block';

/** Padding as elements of T. */
@inline
function padding<T>(params: usize, flip: v128): v128 {
  const value = load<i8>(params, Conv2dParams.PAD_VALUE);
  if (sizeof<T>() == 2) return i16x8.splat(value);
  return isSigned<T>() ? i8x16.splat(value) : v128.xor(i8x16.splat(value), flip);
}

/** One patch that reaches over an edge or is dilated in width; `y`, `x` is its upper left tap in `image`. */
function packEdgePatch<T>(params: usize, image: usize, y: i32, x: i32, destination: usize): void {
  const channels = load<i32>(params, Conv2dParams.INPUT_CHANNELS);
  const height = load<i32>(params, Conv2dParams.INPUT_HEIGHT);
  const width = load<i32>(params, Conv2dParams.INPUT_WIDTH);
  const kernelWidth = load<i32>(params, Conv2dParams.KERNEL_WIDTH);
  const dilationHeight = load<i32>(params, Conv2dParams.DILATION_HEIGHT);
  const dilationWidth = load<i32>(params, Conv2dParams.DILATION_WIDTH);
  const flip = v128.load(params, Conv2dParams.FLIP);
  const pad = padding<T>(params, flip);
  const before = min(max(-x, 0), kernelWidth) * channels;
  const inside = max(min(x + kernelWidth, width) - max(x, 0), 0) * channels;
  const after = kernelWidth * channels - before - inside;
  for (let ky = load<i32>(params, Conv2dParams.KERNEL_HEIGHT); ky > 0; ky--) {
    let to = destination;
    const line = image + <usize>(y * width * channels);
    if (<u32>y >= <u32>height) {
      fillRun<T>(pad, to, kernelWidth * channels);
    } else if (dilationWidth == 1) {
      if (before) fillRun<T>(pad, to, before);
      to += <usize>before * sizeof<T>();
      if (inside) copyRun<T>(line + <usize>(max(x, 0) * channels), to, inside, flip);
      to += <usize>inside * sizeof<T>();
      if (after) fillRun<T>(pad, to, after);
    } else {
      let tapX = x;
      for (let kx = kernelWidth; kx > 0; kx--) {
        if (<u32>tapX < <u32>width) copyRun<T>(line + <usize>(tapX * channels), to, channels, flip);
        else fillRun<T>(pad, to, channels);
        to += <usize>channels * sizeof<T>();
        tapX += dilationWidth;
      }
    }
    destination += <usize>(kernelWidth * channels) * sizeof<T>();
    y += dilationHeight;
  }
}

/** `count` patches inside the image, `step` bytes apart: `lines` runs of `run` bytes, `lineStep` bytes apart. */
function packInnerPatches<T>(
  params: usize, source: usize, step: usize, lines: i32, lineStep: usize, run: i32, destination: usize, stride: usize, count: i32,
): void {
  const flip = v128.load(params, Conv2dParams.FLIP);
  if (lines == 3 && run <= 16) {
    // The first layer of most vision models: 3x3 on few channels.
    const width = <usize>run * sizeof<T>();
    for (; count > 0; count--) {
      copyStep<T>(source, destination, flip);
      copyStep<T>(source + lineStep, destination + width, flip);
      copyStep<T>(source + (lineStep << 1), destination + (width << 1), flip);
      source += step;
      destination += stride;
    }
    return;
  }
  for (; count > 0; count--) {
    let from = source;
    let to = destination;
    for (let line = lines; line > 0; line--) {
      copyRun<T>(from, to, run, flip);
      from += lineStep;
      to += <usize>run * sizeof<T>();
    }
    source += step;
    destination += stride;
  }
}

/** Patches of `count` output pixels from `first`, one a row of the block. */
@inline
function packPatches<T>(params: usize, scratch: usize, first: i32, count: i32): void {
  const channels = load<i32>(params, Conv2dParams.INPUT_CHANNELS);
  const height = load<i32>(params, Conv2dParams.INPUT_HEIGHT);
  const width = load<i32>(params, Conv2dParams.INPUT_WIDTH);
  const outputHeight = load<i32>(params, Conv2dParams.OUTPUT_HEIGHT);
  const outputWidth = load<i32>(params, Conv2dParams.OUTPUT_WIDTH);
  const kernelHeight = load<i32>(params, Conv2dParams.KERNEL_HEIGHT);
  const kernelWidth = load<i32>(params, Conv2dParams.KERNEL_WIDTH);
  const strideHeight = load<i32>(params, Conv2dParams.STRIDE_HEIGHT);
  const strideWidth = load<i32>(params, Conv2dParams.STRIDE_WIDTH);
  const dilationHeight = load<i32>(params, Conv2dParams.DILATION_HEIGHT);
  const dilationWidth = load<i32>(params, Conv2dParams.DILATION_WIDTH);
  const padTop = load<i32>(params, Conv2dParams.PAD_TOP);
  const padLeft = load<i32>(params, Conv2dParams.PAD_LEFT);
  const lineBytes = <usize>(width * channels);
  const stride = <usize>blockStride<T>(load<i32>(params, Conv2dParams.DEPTH));
  const lastY = height - 1 - (kernelHeight - 1) * dilationHeight;
  const lastX = width - 1 - (kernelWidth - 1) * dilationWidth;
  // Output columns of which all taps are inside; with dilated columns there are no runs to copy, so none counts as such.
  const innerFirst = (padLeft + strideWidth - 1) / strideWidth;
  const innerEnd = dilationWidth == 1 && lastX >= 0 ? (lastX + padLeft) / strideWidth + 1 : 0;
  let line = first / outputWidth;
  let column = first - line * outputWidth;
  while (count > 0) {
    const batch = line / outputHeight;
    const y = (line - batch * outputHeight) * strideHeight - padTop;
    const image = load<usize>(params, Conv2dParams.INPUT) + <usize>(batch * height) * lineBytes;
    const end = min(column + count, outputWidth);
    count -= end - column;
    const inner = y >= 0 && y <= lastY ? min(innerEnd, end) : 0;
    while (column < end) {
      const x = column * strideWidth - padLeft;
      if (column >= innerFirst && column < inner) {
        const source = image + <usize>y * lineBytes + <usize>(x * channels);
        const patches = inner - column;
        packInnerPatches<T>(
          params, source, strideWidth * channels, kernelHeight, <usize>dilationHeight * lineBytes, kernelWidth * channels, scratch, stride, patches,
        );
        scratch += <usize>patches * stride;
        column = inner;
      } else {
        packEdgePatch<T>(params, image, y, x, scratch);
        scratch += stride;
        column++;
      }
    }
    column = 0;
    line++;
  }
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
        packPatches<T>(params, scratch, first, count);
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
