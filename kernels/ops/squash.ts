import { SquashF32Params } from '../abi/unary';
import { storeUpTo4 } from '../micro/f32';
import { squashF32 } from '../micro/squash';

export function squash_f32(params: usize, scratch: usize, begin: i32, end: i32): void {
  const block = load<i32>(params, SquashF32Params.BLOCK);
  const last = min(end * block, load<i32>(params, SquashF32Params.COUNT));
  for (let i = begin * block; i < last; i += 4) {
    const at = <usize>i << 2;
    const x = v128.load(load<usize>(params, SquashF32Params.INPUT) + at);
    const y = squashF32(x, load<i32>(params, SquashF32Params.IS_TANGENT) != 0, load<usize>(params, SquashF32Params.TABLE));
    storeUpTo4(load<usize>(params, SquashF32Params.OUTPUT) + at, y, last - i);
  }
}
