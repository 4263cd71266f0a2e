import { FlipParams } from '../abi/convert';
import { storeUpTo16 } from '../micro/copy';

export function flip_x8(params: usize, scratch: usize, begin: i32, end: i32): void {
  const input = load<usize>(params, FlipParams.INPUT);
  const output = load<usize>(params, FlipParams.OUTPUT);
  const block = load<i32>(params, FlipParams.BLOCK);
  const last = min(end * block, load<i32>(params, FlipParams.COUNT));
  const mask = v128.load(params, FlipParams.MASK);
  for (let i = begin * block; i < last; i += 16) storeUpTo16(output + i, v128.xor(v128.load(input + i), mask), last - i, scratch);
}
