import { GemmF32Params } from '../abi/gemm-f32';
import { multiplyBlockF32 } from './tile-block-f32';

export function gemm_f32_f32w(params: usize, scratch: usize, begin: i32, end: i32): void {
  const rows = load<i32>(params, GemmF32Params.ROWS);
  const rowBytes = load<i32>(params, GemmF32Params.DEPTH) << 2;
  const blockRows = load<i32>(params, GemmF32Params.BLOCK_ROWS);
  const width = load<i32>(params, GemmF32Params.BLOCK_COLUMNS);
  const columnBlocks = (load<i32>(params, GemmF32Params.COLUMNS) + width - 1) / width;
  const input = load<usize>(params, GemmF32Params.INPUT);
  for (let unit = begin; unit < end; unit++) {
    const block = unit / columnBlocks;
    const first = block * blockRows;
    multiplyBlockF32(params, input + <usize>(first * rowBytes), rowBytes, first, min(blockRows, rows - first), unit - block * columnBlocks, scratch);
  }
}
