import { CopyParams } from '../abi/move';

export function copy_x8(params: usize, scratch: usize, begin: i32, end: i32): void {
  const block = load<usize>(params, CopyParams.BLOCK);
  const first = <usize>begin * block;
  const last = min(<usize>end * block, load<usize>(params, CopyParams.BYTES));
  if (first < last) memory.copy(load<usize>(params, CopyParams.OUTPUT) + first, load<usize>(params, CopyParams.INPUT) + first, last - first);
}
