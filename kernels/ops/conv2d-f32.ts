import { Conv2dF32Params } from '../abi/gemm-f32';
import { copyRunF32, zeroRunF32 } from '../micro/f32';
import { multiplyBlockF32 } from './tile-block-f32';

/** The patch whose upper left tap is at `y`, `x` of `image`. Taps outside the image are zeros. */
function packPatch(params: usize, image: usize, y: i32, x: i32, destination: usize): void {
  const channels = load<i32>(params, Conv2dF32Params.INPUT_CHANNELS);
  const height = load<i32>(params, Conv2dF32Params.INPUT_HEIGHT);
  const width = load<i32>(params, Conv2dF32Params.INPUT_WIDTH);
  const kernelWidth = load<i32>(params, Conv2dF32Params.KERNEL_WIDTH);
  const dilationHeight = load<i32>(params, Conv2dF32Params.DILATION_HEIGHT);
  const dilationWidth = load<i32>(params, Conv2dF32Params.DILATION_WIDTH);
  const run = kernelWidth * channels;
  const before = min(max(-x, 0), kernelWidth) * channels;
  const inside = max(min(x + kernelWidth, width) - max(x, 0), 0) * channels;
  const after = run - before - inside;
  for (let ky = load<i32>(params, Conv2dF32Params.KERNEL_HEIGHT); ky > 0; ky--) {
    const line = image + (<usize>(y * width * channels) << 2);
    if (<u32>y >= <u32>height) {
      zeroRunF32(destination, run);
    } else if (dilationWidth == 1) {
      let to = destination;
      if (before) zeroRunF32(to, before);
      to += <usize>before << 2;
      if (inside) copyRunF32(line + (<usize>(max(x, 0) * channels) << 2), to, inside);
      to += <usize>inside << 2;
      if (after) zeroRunF32(to, after);
    } else {
      let to = destination;
      let tapX = x;
      for (let kx = kernelWidth; kx > 0; kx--) {
        if (<u32>tapX < <u32>width) copyRunF32(line + (<usize>(tapX * channels) << 2), to, channels);
        else zeroRunF32(to, channels);
        to += <usize>channels << 2;
        tapX += dilationWidth;
      }
    }
    destination += <usize>run << 2;
    y += dilationHeight;
  }
}

/** `count` patches inside the image, `step` bytes apart: `lines` runs of `run` f32, `lineStep` bytes apart. */
@inline
function packInnerPatches(source: usize, step: usize, lines: i32, lineStep: usize, run: i32, destination: usize, count: i32): usize {
  const runBytes = <usize>run << 2;
  for (; count > 0; count--) {
    let from = source;
    for (let line = lines; line > 0; line--) {
      copyRunF32(from, destination, run);
      from += lineStep;
      destination += runBytes;
    }
    source += step;
  }
  return destination;
}

/** Patches of `count` output pixels from `first`, one a row of the block. */
function packPatches(params: usize, scratch: usize, first: i32, count: i32): void {
  const channels = load<i32>(params, Conv2dF32Params.INPUT_CHANNELS);
  const height = load<i32>(params, Conv2dF32Params.INPUT_HEIGHT);
  const width = load<i32>(params, Conv2dF32Params.INPUT_WIDTH);
  const outputHeight = load<i32>(params, Conv2dF32Params.OUTPUT_HEIGHT);
  const outputWidth = load<i32>(params, Conv2dF32Params.OUTPUT_WIDTH);
  const kernelHeight = load<i32>(params, Conv2dF32Params.KERNEL_HEIGHT);
  const kernelWidth = load<i32>(params, Conv2dF32Params.KERNEL_WIDTH);
  const strideWidth = load<i32>(params, Conv2dF32Params.STRIDE_WIDTH);
  const dilationHeight = load<i32>(params, Conv2dF32Params.DILATION_HEIGHT);
  const padLeft = load<i32>(params, Conv2dF32Params.PAD_LEFT);
  const lineBytes = <usize>(width * channels) << 2;
  const pixelBytes = <usize>channels << 2;
  const rowBytes = <usize>load<i32>(params, Conv2dF32Params.DEPTH) << 2;
  const lastY = height - 1 - (kernelHeight - 1) * dilationHeight;
  const lastX = width - kernelWidth;
  // Output columns of which all taps are inside; with dilated columns there are no runs to copy, so none counts as such.
  const innerFirst = (padLeft + strideWidth - 1) / strideWidth;
  const innerEnd = load<i32>(params, Conv2dF32Params.DILATION_WIDTH) == 1 && lastX >= 0 ? (lastX + padLeft) / strideWidth + 1 : 0;
  let line = first / outputWidth;
  let column = first - line * outputWidth;
  while (count > 0) {
    const batch = line / outputHeight;
    const y = (line - batch * outputHeight) * load<i32>(params, Conv2dF32Params.STRIDE_HEIGHT) - load<i32>(params, Conv2dF32Params.PAD_TOP);
    const image = load<usize>(params, Conv2dF32Params.INPUT) + <usize>(batch * height) * lineBytes;
    const end = min(column + count, outputWidth);
    count -= end - column;
    const inner = y >= 0 && y <= lastY ? min(innerEnd, end) : 0;
    while (column < end) {
      const x = column * strideWidth - padLeft;
      if (column >= innerFirst && column < inner) {
        const source = image + <usize>y * lineBytes + <usize>x * pixelBytes;
        const lineStep = <usize>dilationHeight * lineBytes;
        scratch = packInnerPatches(source, <usize>strideWidth * pixelBytes, kernelHeight, lineStep, kernelWidth * channels, scratch, inner - column);
        column = inner;
      } else {
        packPatch(params, image, y, x, scratch);
        scratch += rowBytes;
        column++;
      }
    }
    column = 0;
    line++;
  }
}

export function conv2d_f32_f32w(params: usize, scratch: usize, begin: i32, end: i32): void {
  const rows = load<i32>(params, Conv2dF32Params.ROWS);
  const rowBytes = load<i32>(params, Conv2dF32Params.DEPTH) << 2;
  const blockRows = load<i32>(params, Conv2dF32Params.BLOCK_ROWS);
  const width = load<i32>(params, Conv2dF32Params.BLOCK_COLUMNS);
  const columnBlocks = (load<i32>(params, Conv2dF32Params.COLUMNS) + width - 1) / width;
  const spare = scratch + <usize>(blockRows * rowBytes) + 16;
  let packed = -1;
  for (let unit = begin; unit < end; unit++) {
    const block = unit / columnBlocks;
    const first = block * blockRows;
    const count = min(blockRows, rows - first);
    if (block != packed) {
      packPatches(params, scratch, first, count);
      packed = block;
    }
    multiplyBlockF32(params, scratch, rowBytes, first, count, unit - block * columnBlocks, spare);
  }
}
