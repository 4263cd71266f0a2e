import { WindowFields } from '../abi/gemm';
import { copyRun, copyStep, fillRun } from '../micro/copy';

/** One patch that reaches over an edge or is dilated in width; `y`, `x` is its upper left tap in `image`. */
function packEdgePatch<T>(window: usize, image: usize, channels: i32, y: i32, x: i32, destination: usize, pad: v128, flip: v128): void {
  const height = load<i32>(window, WindowFields.INPUT_HEIGHT);
  const width = load<i32>(window, WindowFields.INPUT_WIDTH);
  const kernelWidth = load<i32>(window, WindowFields.KERNEL_WIDTH);
  const dilationHeight = load<i32>(window, WindowFields.DILATION_HEIGHT);
  const dilationWidth = load<i32>(window, WindowFields.DILATION_WIDTH);
  const before = min(max(-x, 0), kernelWidth) * channels;
  const inside = max(min(x + kernelWidth, width) - max(x, 0), 0) * channels;
  const after = kernelWidth * channels - before - inside;
  for (let ky = load<i32>(window, WindowFields.KERNEL_HEIGHT); ky > 0; ky--) {
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
  source: usize, step: usize, lines: i32, lineStep: usize, run: i32, destination: usize, stride: usize, count: i32, flip: v128,
): void {
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

/**
 * Patches of `count` output pixels from `first`, `stride` bytes apart: those of `window` (WindowFields) over pixels of `channels` bytes at `input`, each
 * byte as an element of T, with `pad` outside.
 */
@inline
export function packPatches<T>(
  window: usize, input: usize, channels: i32, scratch: usize, stride: usize, first: i32, count: i32, pad: v128, flip: v128,
): void {
  const height = load<i32>(window, WindowFields.INPUT_HEIGHT);
  const width = load<i32>(window, WindowFields.INPUT_WIDTH);
  const outputHeight = load<i32>(window, WindowFields.OUTPUT_HEIGHT);
  const outputWidth = load<i32>(window, WindowFields.OUTPUT_WIDTH);
  const kernelHeight = load<i32>(window, WindowFields.KERNEL_HEIGHT);
  const kernelWidth = load<i32>(window, WindowFields.KERNEL_WIDTH);
  const strideHeight = load<i32>(window, WindowFields.STRIDE_HEIGHT);
  const strideWidth = load<i32>(window, WindowFields.STRIDE_WIDTH);
  const dilationHeight = load<i32>(window, WindowFields.DILATION_HEIGHT);
  const dilationWidth = load<i32>(window, WindowFields.DILATION_WIDTH);
  const padTop = load<i32>(window, WindowFields.PAD_TOP);
  const padLeft = load<i32>(window, WindowFields.PAD_LEFT);
  const lineBytes = <usize>(width * channels);
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
    const image = input + <usize>(batch * height) * lineBytes;
    const end = min(column + count, outputWidth);
    count -= end - column;
    const inner = y >= 0 && y <= lastY ? min(innerEnd, end) : 0;
    while (column < end) {
      const x = column * strideWidth - padLeft;
      if (column >= innerFirst && column < inner) {
        const source = image + <usize>y * lineBytes + <usize>(x * channels);
        const patches = inner - column;
        packInnerPatches<T>(
          source, strideWidth * channels, kernelHeight, <usize>dilationHeight * lineBytes, kernelWidth * channels, scratch, stride, patches, flip,
        );
        scratch += <usize>patches * stride;
        column = inner;
      } else {
        packEdgePatch<T>(window, image, channels, y, x, scratch, pad, flip);
        scratch += stride;
        column++;
      }
    }
    column = 0;
    line++;
  }
}
