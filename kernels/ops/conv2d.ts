import { Conv2dParams } from '../abi/gemm';
import { copyRun, copyStep, fillRun } from '../micro/copy';
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

@inline
function conv2d<T>(params: usize, scratch: usize, begin: i32, end: i32): void {
  const rows = load<i32>(params, Conv2dParams.ROWS);
  const blockRows = load<i32>(params, Conv2dParams.BLOCK_ROWS);
  const width = load<i32>(params, Conv2dParams.BLOCK_COLUMNS);
  const columnBlocks = (load<i32>(params, Conv2dParams.COLUMNS) + width - 1) / width;
  const stride = blockStride<T>(load<i32>(params, Conv2dParams.DEPTH));
  const spare = scratch + <usize>(blockRows * stride) + 64;
  let packed = -1;
  let terms: usize = 0;
  for (let unit = begin; unit < end; unit++) {
    const block = unit / columnBlocks;
    const first = block * blockRows;
    const count = min(blockRows, rows - first);
    if (block != packed) {
      packPatches<T>(params, scratch, first, count);
      terms = rowTerms<T>(params, scratch, stride, count, spare + (<usize>blockRows << 3) + 16);
      packed = block;
    }
    multiplyBlock<T>(params, scratch, stride, first, count, terms, unit - block * columnBlocks, spare);
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
