import { ClampF32Params } from '../abi/unary';
import { clampF32, storeUpTo4 } from '../micro/f32';

export function clamp_f32(params: usize, scratch: usize, begin: i32, end: i32): void {
  const block = load<i32>(params, ClampF32Params.BLOCK);
  const last = min(end * block, load<i32>(params, ClampF32Params.COUNT));
  const least = v128.load(params, ClampF32Params.MIN), most = v128.load(params, ClampF32Params.MAX);
  for (let i = begin * block; i < last; i += 4) {
    const at = <usize>i << 2;
    const value = v128.load(load<usize>(params, ClampF32Params.INPUT) + at);
    storeUpTo4(load<usize>(params, ClampF32Params.OUTPUT) + at, clampF32(value, least, most), last - i);
  }
}
