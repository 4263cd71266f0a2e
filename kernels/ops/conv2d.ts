import { Conv2dParams } from '../abi';
import { copyRun, fillRun } from '../micro/copy';
import { D16, E16, RD } from '../micro/variant';
import { blockStride, multiplyBlock } from './tile-block';

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
  const run = <usize>channels * sizeof<T>();
  for (let ky = load<i32>(params, Conv2dParams.KERNEL_HEIGHT); ky > 0; ky--) {
    const inside = <u32>y < <u32>height;
    let tapX = x;
    for (let kx = 0; kx < kernelWidth; kx++) {
      if (inside && <u32>tapX < <u32>width) copyRun<T>(image + <usize>((y * width + tapX) * channels), destination, channels, flip);
      else fillRun<T>(pad, destination, channels);
      destination += run;
      tapX += dilationWidth;
    }
    y += dilationHeight;
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
  const flip = v128.load(params, Conv2dParams.FLIP);
  const imageBytes = <usize>(height * width * channels);
  const run = kernelWidth * channels;
  const rowStep = <usize>(dilationHeight * width * channels);
  const stride = blockStride<T>(load<i32>(params, Conv2dParams.DEPTH));
  const lastX = width - 1 - (kernelWidth - 1) * dilationWidth;
  const lastY = height - 1 - (kernelHeight - 1) * dilationHeight;
  const line = first / outputWidth;
  const batch = line / outputHeight;
  let column = first - line * outputWidth;
  let row = line - batch * outputHeight;
  let image = load<usize>(params, Conv2dParams.INPUT) + <usize>batch * imageBytes;
  for (let patch = 0; patch < count; patch++) {
    const y = row * strideHeight - padTop;
    const x = column * strideWidth - padLeft;
    if (y >= 0 && y <= lastY && x >= 0 && x <= lastX && dilationWidth == 1) {
      let source = image + <usize>((y * width + x) * channels);
      let destination = scratch;
      for (let ky = kernelHeight; ky > 0; ky--) {
        copyRun<T>(source, destination, run, flip);
        source += rowStep;
        destination += <usize>run * sizeof<T>();
      }
    } else {
      packEdgePatch<T>(params, image, y, x, scratch);
    }
    scratch += stride;
    if (++column == outputWidth) {
      column = 0;
      if (++row == outputHeight) {
        row = 0;
        image += imageBytes;
      }
    }
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
  for (let unit = begin; unit < end; unit++) {
    const block = unit / columnBlocks;
    const first = block * blockRows;
    const count = min(blockRows, rows - first);
    if (block != packed) {
      packPatches<T>(params, scratch, first, count);
      packed = block;
    }
    multiplyBlock<T>(params, scratch, stride, first, count, unit - block * columnBlocks, spare);
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
