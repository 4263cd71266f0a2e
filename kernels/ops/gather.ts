import { GatherParams } from '../abi/move';

export function gather_x8(params: usize, scratch: usize, begin: i32, end: i32): void {
  const count = load<i32>(params, GatherParams.COUNT);
  const extent = load<i32>(params, GatherParams.EXTENT);
  const bytes = load<usize>(params, GatherParams.SLICE_BYTES);
  for (let unit = begin; unit < end; unit++) {
    const outer = unit / count;
    const index = load<i32>(load<usize>(params, GatherParams.INDICES) + (<usize>(unit - outer * count) << 2));
    const slice = outer * extent + min(max(index, 0), extent - 1);
    const source = load<usize>(params, GatherParams.INPUT) + <usize>slice * bytes;
    memory.copy(load<usize>(params, GatherParams.OUTPUT) + <usize>unit * bytes, source, bytes);
  }
}
