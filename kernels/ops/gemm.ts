import { GemmParams } from '../abi/gemm';
import { copyLongRun } from '../micro/copy';
import { D16, E16, RD } from '../micro/variant';
import { blockStride, multiplyBlock, rowTerms } from './tile-block';

@inline
function packRows<T>(params: usize, scratch: usize, first: i32, rows: i32): void {
  const depth = load<i32>(params, GemmParams.DEPTH);
  const stride = blockStride<T>(depth);
  const flip = v128.load(params, GemmParams.FLIP);
  let source = load<usize>(params, GemmParams.INPUT) + <usize>(first * depth);
  if (stride == depth * <i32>sizeof<T>()) {
    copyLongRun<T>(source, scratch, rows * depth, flip);
  } else {
    for (const end = source + <usize>(rows * depth); source < end; source += depth) {
      copyLongRun<T>(source, scratch, depth, flip);
      scratch += stride;
    }
  }
}

@inline
function gemm<T>(params: usize, scratch: usize, begin: i32, end: i32): void {
  const rows = load<i32>(params, GemmParams.ROWS);
  const depth = load<i32>(params, GemmParams.DEPTH);
  const blockRows = load<i32>(params, GemmParams.BLOCK_ROWS);
  const width = load<i32>(params, GemmParams.BLOCK_COLUMNS);
  const columnBlocks = (load<i32>(params, GemmParams.COLUMNS) + width - 1) / width;
  const inPlace = sizeof<T>() == 1 && (isSigned<T>() || load<u8>(params, GemmParams.FLIP) == 0);
  const stride = inPlace ? depth : blockStride<T>(depth);
  const spare = scratch + <usize>(blockRows * blockStride<T>(depth)) + 64;
  let packed = -1;
  let terms: usize = 0;
  for (let unit = begin; unit < end; unit++) {
    const block = unit / columnBlocks;
    const first = block * blockRows;
    const count = min(blockRows, rows - first);
    const input = inPlace ? load<usize>(params, GemmParams.INPUT) + <usize>(first * depth) : scratch;
    if (block != packed) {
      if (!inPlace) packRows<T>(params, scratch, first, count);
      terms = rowTerms<T>(params, input, stride, count, spare + (<usize>blockRows << 3) + 16);
      packed = block;
    }
    multiplyBlock<T>(params, input, stride, first, count, terms, 0, 0, unit - block * columnBlocks, spare);
  }
}

export function gemm_qs8_qc8w_d16(params: usize, scratch: usize, begin: i32, end: i32): void {
  gemm<D16>(params, scratch, begin, end);
}

export function gemm_qs8_qc8w_e16(params: usize, scratch: usize, begin: i32, end: i32): void {
  gemm<E16>(params, scratch, begin, end);
}

export function gemm_qs8_qc8w_rd(params: usize, scratch: usize, begin: i32, end: i32): void {
  if (ASC_FEATURE_RELAXED_SIMD) gemm<RD>(params, scratch, begin, end);
}
