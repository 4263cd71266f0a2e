import { Dwconv2dF32Params } from '../abi/dwconv2d-f32';
import { clampF32, storeUpTo4 } from '../micro/f32';

/** Four output pixels `step` bytes apart whose `columns` taps a row all lie inside, over `rows` rows of taps. */
@inline
function fourPixels(
  params: usize, source: usize, step: usize, lineStep: usize, tapStep: usize, rows: i32, columns: i32, weights: usize, output: usize,
): void {
  const channels = load<i32>(params, Dwconv2dF32Params.CHANNELS);
  const pixelBytes = <usize>channels << 2;
  const linePadding = <usize>(load<i32>(params, Dwconv2dF32Params.KERNEL_WIDTH) - columns) * pixelBytes;
  const least = v128.load(params, Dwconv2dF32Params.MIN), most = v128.load(params, Dwconv2dF32Params.MAX);
  let bias = load<usize>(params, Dwconv2dF32Params.BIAS);
  for (let channel = 0; channel < channels; channel += 4) {
    let c0 = f32x4.add(v128.load(bias), f32x4.splat(0));
    let c1 = c0, c2 = c0, c3 = c0;
    let line = source;
    let w = weights;
    for (let y = rows; y > 0; y--) {
      let x0 = line, x1 = line + step;
      let x2 = x1 + step;
      let x3 = x2 + step;
      for (let x = columns; x > 0; x--) {
        const weight = v128.load(w);
        c0 = f32x4.add(c0, f32x4.mul(v128.load(x0), weight));
        c1 = f32x4.add(c1, f32x4.mul(v128.load(x1), weight));
        c2 = f32x4.add(c2, f32x4.mul(v128.load(x2), weight));
        c3 = f32x4.add(c3, f32x4.mul(v128.load(x3), weight));
        x0 += tapStep;
        x1 += tapStep;
        x2 += tapStep;
        x3 += tapStep;
        w += pixelBytes;
      }
      w += linePadding;
      line += lineStep;
    }
    const count = channels - channel;
    storeUpTo4(output, clampF32(c0, least, most), count);
    storeUpTo4(output + pixelBytes, clampF32(c1, least, most), count);
    storeUpTo4(output + 2 * pixelBytes, clampF32(c2, least, most), count);
    storeUpTo4(output + 3 * pixelBytes, clampF32(c3, least, most), count);
    source += 16;
    weights += 16;
    bias += 16;
    output += 16;
  }
}

/** Four output pixels of a window three taps wide; the stride is 1 where S is u8, else 2. What neighbours share is loaded once. */
@inline
function slidePixels<S>(params: usize, source: usize, lineStep: usize, rows: i32, weights: usize, output: usize): void {
  const channels = load<i32>(params, Dwconv2dF32Params.CHANNELS);
  const pixelBytes = <usize>channels << 2;
  const twoPixels = pixelBytes << 1;
  const least = v128.load(params, Dwconv2dF32Params.MIN), most = v128.load(params, Dwconv2dF32Params.MAX);
  let bias = load<usize>(params, Dwconv2dF32Params.BIAS);
  for (let channel = 0; channel < channels; channel += 4) {
    let c0 = f32x4.add(v128.load(bias), f32x4.splat(0));
    let c1 = c0, c2 = c0, c3 = c0;
    let line = source;
    let w = weights;
    for (let y = rows; y > 0; y--) {
      const w0 = v128.load(w), w1 = v128.load(w + pixelBytes), w2 = v128.load(w + twoPixels);
      const third = line + twoPixels;
      const fifth = third + twoPixels;
      const x0 = v128.load(line), x1 = v128.load(line + pixelBytes), x2 = v128.load(third), x3 = v128.load(third + pixelBytes);
      const x4 = v128.load(fifth), x5 = v128.load(fifth + pixelBytes);
      c0 = f32x4.add(c0, f32x4.mul(x0, w0));
      c0 = f32x4.add(c0, f32x4.mul(x1, w1));
      c0 = f32x4.add(c0, f32x4.mul(x2, w2));
      if (sizeof<S>() == 1) {
        c1 = f32x4.add(c1, f32x4.mul(x1, w0));
        c1 = f32x4.add(c1, f32x4.mul(x2, w1));
        c1 = f32x4.add(c1, f32x4.mul(x3, w2));
        c2 = f32x4.add(c2, f32x4.mul(x2, w0));
        c2 = f32x4.add(c2, f32x4.mul(x3, w1));
        c2 = f32x4.add(c2, f32x4.mul(x4, w2));
        c3 = f32x4.add(c3, f32x4.mul(x3, w0));
        c3 = f32x4.add(c3, f32x4.mul(x4, w1));
        c3 = f32x4.add(c3, f32x4.mul(x5, w2));
      } else {
        const seventh = fifth + twoPixels;
        const x6 = v128.load(seventh), x7 = v128.load(seventh + pixelBytes), x8 = v128.load(seventh + twoPixels);
        c1 = f32x4.add(c1, f32x4.mul(x2, w0));
        c1 = f32x4.add(c1, f32x4.mul(x3, w1));
        c1 = f32x4.add(c1, f32x4.mul(x4, w2));
        c2 = f32x4.add(c2, f32x4.mul(x4, w0));
        c2 = f32x4.add(c2, f32x4.mul(x5, w1));
        c2 = f32x4.add(c2, f32x4.mul(x6, w2));
        c3 = f32x4.add(c3, f32x4.mul(x6, w0));
        c3 = f32x4.add(c3, f32x4.mul(x7, w1));
        c3 = f32x4.add(c3, f32x4.mul(x8, w2));
      }
      w += twoPixels + pixelBytes;
      line += lineStep;
    }
    const count = channels - channel;
    storeUpTo4(output, clampF32(c0, least, most), count);
    storeUpTo4(output + pixelBytes, clampF32(c1, least, most), count);
    storeUpTo4(output + twoPixels, clampF32(c2, least, most), count);
    storeUpTo4(output + twoPixels + pixelBytes, clampF32(c3, least, most), count);
    source += 16;
    weights += 16;
    bias += 16;
    output += 16;
  }
}

/** One output pixel over `rows` x `columns` taps from `source` and `weights`, eight channels at a time. */
function onePixel(params: usize, source: usize, lineStep: usize, tapStep: usize, rows: i32, columns: i32, weights: usize, output: usize): void {
  const channels = load<i32>(params, Dwconv2dF32Params.CHANNELS);
  const pixelBytes = <usize>channels << 2;
  const linePadding = <usize>(load<i32>(params, Dwconv2dF32Params.KERNEL_WIDTH) - columns) * pixelBytes;
  const least = v128.load(params, Dwconv2dF32Params.MIN), most = v128.load(params, Dwconv2dF32Params.MAX);
  let bias = load<usize>(params, Dwconv2dF32Params.BIAS);
  let left = channels;
  for (; left >= 8; left -= 8) {
    let c0 = f32x4.add(v128.load(bias), f32x4.splat(0)), c1 = f32x4.add(v128.load(bias, 16), f32x4.splat(0));
    let line = source;
    let w = weights;
    for (let y = rows; y > 0; y--) {
      let from = line;
      for (let x = columns; x > 0; x--) {
        c0 = f32x4.add(c0, f32x4.mul(v128.load(from), v128.load(w)));
        c1 = f32x4.add(c1, f32x4.mul(v128.load(from, 16), v128.load(w, 16)));
        from += tapStep;
        w += pixelBytes;
      }
      w += linePadding;
      line += lineStep;
    }
    v128.store(output, clampF32(c0, least, most));
    v128.store(output, clampF32(c1, least, most), 16);
    source += 32;
    weights += 32;
    bias += 32;
    output += 32;
  }
  for (; left > 0; left -= 4) {
    let sum = f32x4.add(v128.load(bias), f32x4.splat(0));
    let line = source;
    let w = weights;
    for (let y = rows; y > 0; y--) {
      let from = line;
      for (let x = columns; x > 0; x--) {
        sum = f32x4.add(sum, f32x4.mul(v128.load(from), v128.load(w)));
        from += tapStep;
        w += pixelBytes;
      }
      w += linePadding;
      line += lineStep;
    }
    storeUpTo4(output, clampF32(sum, least, most), left);
    source += 16;
    weights += 16;
    bias += 16;
    output += 16;
  }
}

/** First tap at or after 0 of a window whose first tap is at `origin`. */
@inline
function firstTap(origin: i32, dilation: i32): i32 {
  return origin < 0 ? (dilation - 1 - origin) / dilation : 0;
}

/** One past the last tap before `extent`. */
@inline
function endTap(origin: i32, dilation: i32, extent: i32, kernel: i32): i32 {
  return origin >= extent ? 0 : min(kernel, (extent - origin + dilation - 1) / dilation);
}

export function dwconv2d_f32_f32w(params: usize, scratch: usize, begin: i32, end: i32): void {
  const channels = load<i32>(params, Dwconv2dF32Params.CHANNELS);
  const height = load<i32>(params, Dwconv2dF32Params.INPUT_HEIGHT);
  const width = load<i32>(params, Dwconv2dF32Params.INPUT_WIDTH);
  const outputHeight = load<i32>(params, Dwconv2dF32Params.OUTPUT_HEIGHT);
  const outputWidth = load<i32>(params, Dwconv2dF32Params.OUTPUT_WIDTH);
  const kernelHeight = load<i32>(params, Dwconv2dF32Params.KERNEL_HEIGHT);
  const kernelWidth = load<i32>(params, Dwconv2dF32Params.KERNEL_WIDTH);
  const strideWidth = load<i32>(params, Dwconv2dF32Params.STRIDE_WIDTH);
  const dilationHeight = load<i32>(params, Dwconv2dF32Params.DILATION_HEIGHT);
  const dilationWidth = load<i32>(params, Dwconv2dF32Params.DILATION_WIDTH);
  const weights = load<usize>(params, Dwconv2dF32Params.WEIGHTS);
  const pixelBytes = <usize>channels << 2;
  const lineBytes = <usize>width * pixelBytes;
  const lineStep = <usize>dilationHeight * lineBytes;
  const tapStep = <usize>dilationWidth * pixelBytes;
  const step = <usize>strideWidth * pixelBytes;
  const lastX = width - 1 - (kernelWidth - 1) * dilationWidth;
  const slides = kernelWidth == 3 && dilationWidth == 1 && strideWidth <= 2;
  let output = load<usize>(params, Dwconv2dF32Params.OUTPUT) + <usize>(begin * outputWidth) * pixelBytes;
  for (let unit = begin; unit < end; unit++) {
    const batch = unit / outputHeight;
    const y = (unit - batch * outputHeight) * load<i32>(params, Dwconv2dF32Params.STRIDE_HEIGHT) - load<i32>(params, Dwconv2dF32Params.PAD_TOP);
    const top = firstTap(y, dilationHeight);
    const rows = endTap(y, dilationHeight, height, kernelHeight) - top;
    const line = load<usize>(params, Dwconv2dF32Params.INPUT) + <usize>(batch * height + y + top * dilationHeight) * lineBytes;
    const lineWeights = weights + <usize>(top * kernelWidth) * pixelBytes;
    let x = -load<i32>(params, Dwconv2dF32Params.PAD_LEFT);
    for (let pixel = 0; pixel < outputWidth;) {
      if (x >= 0 && pixel + 4 <= outputWidth && x + 3 * strideWidth <= lastX) {
        const source = line + <usize>x * pixelBytes;
        if (slides && strideWidth == 1) slidePixels<u8>(params, source, lineStep, rows, lineWeights, output);
        else if (slides) slidePixels<u16>(params, source, lineStep, rows, lineWeights, output);
        else fourPixels(params, source, step, lineStep, tapStep, rows, kernelWidth, lineWeights, output);
        pixel += 4;
        x += 4 * strideWidth;
        output += 4 * pixelBytes;
      } else {
        const left = firstTap(x, dilationWidth);
        const columns = endTap(x, dilationWidth, width, kernelWidth) - left;
        const source = line + <usize>(x + left * dilationWidth) * pixelBytes;
        onePixel(params, source, lineStep, tapStep, rows, columns, lineWeights + <usize>left * pixelBytes, output);
        pixel++;
        x += strideWidth;
        output += pixelBytes;
      }
    }
  }
}
