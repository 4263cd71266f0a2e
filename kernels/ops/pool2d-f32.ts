import { Pool2dF32Params } from '../abi/pool2d-f32';
import { clampF32, storeUpTo4 } from '../micro/f32';

/** Sum or, with `MAXIMUM`, greatest of four channels over `rows` x `columns` taps from `source`, row by row. */
@inline
function reduceTaps<MAXIMUM>(initial: v128, source: usize, rows: i32, columns: i32, pixelBytes: usize, lineBytes: usize): v128 {
  let value = initial;
  for (; rows > 0; rows--) {
    let tap = source;
    for (let x = columns; x > 0; x--) {
      value = isSigned<MAXIMUM>() ? f32x4.pmax(value, v128.load(tap)) : f32x4.add(value, v128.load(tap));
      tap += pixelBytes;
    }
    source += lineBytes;
  }
  return value;
}

/** MAXIMUM is i32 for the maximum, u32 for the average. */
@inline
function pool2d<MAXIMUM>(params: usize, begin: i32, end: i32): void {
  const channels = load<i32>(params, Pool2dF32Params.CHANNELS);
  const height = load<i32>(params, Pool2dF32Params.INPUT_HEIGHT);
  const width = load<i32>(params, Pool2dF32Params.INPUT_WIDTH);
  const outputHeight = load<i32>(params, Pool2dF32Params.OUTPUT_HEIGHT);
  const outputWidth = load<i32>(params, Pool2dF32Params.OUTPUT_WIDTH);
  const least = v128.load(params, Pool2dF32Params.MIN), most = v128.load(params, Pool2dF32Params.MAX);
  const pixelBytes = <usize>channels << 2;
  const lineBytes = <usize>width * pixelBytes;
  let output = load<usize>(params, Pool2dF32Params.OUTPUT) + <usize>(begin * outputWidth) * pixelBytes;
  for (let unit = begin; unit < end; unit++) {
    const batch = unit / outputHeight;
    const y = (unit - batch * outputHeight) * load<i32>(params, Pool2dF32Params.STRIDE_HEIGHT) - load<i32>(params, Pool2dF32Params.PAD_TOP);
    const top = max(y, 0);
    const rows = min(y + load<i32>(params, Pool2dF32Params.KERNEL_HEIGHT), height) - top;
    const line = load<usize>(params, Pool2dF32Params.INPUT) + <usize>(batch * height + top) * lineBytes;
    let x = -load<i32>(params, Pool2dF32Params.PAD_LEFT);
    for (let pixel = 0; pixel < outputWidth; pixel++) {
      const left = max(x, 0);
      const columns = min(x + load<i32>(params, Pool2dF32Params.KERNEL_WIDTH), width) - left;
      const source = line + <usize>left * pixelBytes;
      const count = f32x4.splat(<f32>(rows * columns));
      for (let channel = 0; channel < channels; channel += 4) {
        const at = <usize>channel << 2;
        const value = isSigned<MAXIMUM>()
          ? reduceTaps<MAXIMUM>(least, source + at, rows, columns, pixelBytes, lineBytes)
          : f32x4.div(reduceTaps<MAXIMUM>(f32x4.splat(0), source + at, rows, columns, pixelBytes, lineBytes), count);
        storeUpTo4(output + at, clampF32(value, least, most), channels - channel);
      }
      output += pixelBytes;
      x += load<i32>(params, Pool2dF32Params.STRIDE_WIDTH);
    }
  }
}

export function avgpool2d_f32(params: usize, scratch: usize, begin: i32, end: i32): void {
  pool2d<u32>(params, begin, end);
}

export function maxpool2d_f32(params: usize, scratch: usize, begin: i32, end: i32): void {
  pool2d<i32>(params, begin, end);
}
