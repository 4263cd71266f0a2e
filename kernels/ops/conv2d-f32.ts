import { Conv2dF32Params } from '../abi/gemm-f32';
import { E16 } from '../micro/variant';
import { packPatches } from './patches';
import { multiplyBlockF32 } from './tile-block-f32';

export function conv2d_f32_f32w(params: usize, scratch: usize, begin: i32, end: i32): void {
  const rows = load<i32>(params, Conv2dF32Params.ROWS);
  const rowBytes = load<i32>(params, Conv2dF32Params.DEPTH) << 2;
  const blockRows = load<i32>(params, Conv2dF32Params.BLOCK_ROWS);
  const width = load<i32>(params, Conv2dF32Params.BLOCK_COLUMNS);
  const columnBlocks = (load<i32>(params, Conv2dF32Params.COLUMNS) + width - 1) / width;
  const input = load<usize>(params, Conv2dF32Params.INPUT);
  const pixelBytes = load<i32>(params, Conv2dF32Params.INPUT_CHANNELS) << 2;
  const zeros = i32x4.splat(0);
  const spare = scratch + <usize>(blockRows * rowBytes) + 16;
  let packed = -1;
  for (let unit = begin; unit < end; unit++) {
    const block = unit / columnBlocks;
    const first = block * blockRows;
    const count = min(blockRows, rows - first);
    if (block != packed) {
      packPatches<E16>(params + Conv2dF32Params.INPUT_HEIGHT, input, pixelBytes, scratch, rowBytes, first, count, zeros, zeros);
      packed = block;
    }
    multiplyBlockF32(params, scratch, rowBytes, first, count, unit - block * columnBlocks, spare);
  }
}
