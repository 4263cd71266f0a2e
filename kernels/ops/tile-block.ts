import { Conv2dParams, GemmParams } from '../abi/gemm';
import { tileD16x1, tileD16x4 } from '../generated/gemm-d16';
import { tileE16x1, tileE16x4 } from '../generated/gemm-e16';
import { tileRdx1, tileRdx4Two, tileRdx6 } from '../generated/gemm-rd';
import { copyFew } from '../micro/copy';

/** Bytes between rows of a packed block of inputs; terms past DEPTH meet zero weights. */
@inline
export function blockStride<T>(depth: i32): i32 {
  if (sizeof<T>() == 2) return (depth + 1 & ~1) << 1;
  return isSigned<T>() ? depth + 15 & ~15 : depth + 3 & ~3;
}

@inline
function tileRows<T>(): i32 {
  return sizeof<T>() == 2 ? 4 : isSigned<T>() ? 4 : 6;
}

@inline
function panelColumns<T>(): i32 {
  return sizeof<T>() == 2 ? 8 : isSigned<T>() ? 4 : 8;
}

/**
 * What weights with zero point WEIGHT_ZERO take from the sums of each row: `rows` i32 at `terms`. d16 has the zero point in its weights.
 * Returns 0 where nothing is taken.
 */
export function rowTerms<T>(params: usize, input: usize, inputStride: i32, rows: i32, terms: usize): usize {
  const zero = load<i32>(params, GemmParams.WEIGHT_ZERO);
  if (sizeof<T>() == 2 || zero == 0) return 0;
  const depth = load<i32>(params, GemmParams.DEPTH);
  const flipped = !isSigned<T>() && load<u8>(params, GemmParams.FLIP) != 0;
  for (let row = 0; row < rows; row++) {
    let sums = i32x4.splat(0);
    const end = input + <usize>depth;
    let at = input;
    for (; at + 16 <= end; at += 16) {
      const codes = v128.load(at);
      const pairs = flipped ? i16x8.extadd_pairwise_i8x16_u(codes) : i16x8.extadd_pairwise_i8x16_s(codes);
      sums = i32x4.add(sums, i32x4.extadd_pairwise_i16x8_s(pairs));
    }
    let sum = i32x4.extract_lane(sums, 0) + i32x4.extract_lane(sums, 1) + i32x4.extract_lane(sums, 2) + i32x4.extract_lane(sums, 3);
    for (; at < end; at++) sum += flipped ? <i32>load<u8>(at) : <i32>load<i8>(at);
    store<i32>(terms + (<usize>row << 2), -zero * sum);
    input += inputStride;
  }
  return terms;
}

/** One panel of columns. Up to half a tile of rows left over go one by one; more are a tile that repeats rows of the one before. */
@inline
function panel<T>(
  params: usize, input: usize, inputStride: i32, rows: i32, terms: usize, offsets: usize, skip: i32, lineBytes: i32,
  weights: usize, weightsEnd: usize, bias: usize, scale: usize, output: usize, outputStride: i32,
): void {
  const rest = rows % tileRows<T>();
  const single = rows < tileRows<T>() || rest * 2 <= tileRows<T>() ? rest : 0;
  const tiled = rows - single;
  if (tiled) {
    if (sizeof<T>() == 2) {
      tileD16x4(params, input, inputStride, tiled, offsets, skip, lineBytes, weights, weightsEnd, bias, scale, output, outputStride);
    } else if (isSigned<T>()) {
      tileE16x4(params, input, inputStride, tiled, terms, offsets, skip, lineBytes, weights, weightsEnd, bias, scale, output, outputStride);
    } else {
      tileRdx6(params, input, inputStride, tiled, terms, offsets, skip, lineBytes, weights, weightsEnd, bias, scale, output, outputStride);
    }
  }
  if (single) {
    if (offsets) offsets += <usize>tiled << 2;
    else input += <usize>(tiled * inputStride);
    if (terms) terms += <usize>tiled << 2;
    output += <usize>(tiled * outputStride);
    if (sizeof<T>() == 2) {
      tileD16x1(params, input, inputStride, single, offsets, skip, lineBytes, weights, weightsEnd, bias, scale, output, outputStride);
    } else if (isSigned<T>()) {
      tileE16x1(params, input, inputStride, single, terms, offsets, skip, lineBytes, weights, weightsEnd, bias, scale, output, outputStride);
    } else {
      tileRdx1(params, input, inputStride, single, terms, offsets, skip, lineBytes, weights, weightsEnd, bias, scale, output, outputStride);
    }
  }
}

/**
 * Outputs of `rows` rows from `firstRow` and of one block of columns. GemmParams and Conv2dParams agree in all fields read here.
 * `input` is the row `firstRow` in the form T's tiles read, or where `offsets` is not 0, what the offsets of the rows' windows are relative to, whose
 * lines are `skip` bytes apart; `terms` are those of rowTerms; `spare` has 8 bytes a row for a panel that is not full.
 */
export function multiplyBlock<T>(
  params: usize, input: usize, inputStride: i32, firstRow: i32, rows: i32, terms: usize, offsets: usize, skip: i32, columnBlock: i32, spare: usize,
): void {
  const columns = load<i32>(params, GemmParams.COLUMNS);
  const width = load<i32>(params, GemmParams.BLOCK_COLUMNS);
  const first = columnBlock * width;
  const last = min(first + width, columns);
  const panelBytes = blockStride<T>(load<i32>(params, GemmParams.DEPTH)) * panelColumns<T>();
  const lineBytes = offsets
    ? load<i32>(params, Conv2dParams.KERNEL_WIDTH) * load<i32>(params, Conv2dParams.INPUT_CHANNELS) * panelColumns<T>() * <i32>sizeof<T>()
    : panelBytes;
  let weights = load<usize>(params, GemmParams.WEIGHTS) + <usize>(first / panelColumns<T>() * panelBytes);
  let bias = load<usize>(params, GemmParams.BIAS) + (<usize>first << 2);
  let scale = load<usize>(params, GemmParams.SCALE) + (<usize>first << 2);
  let output = load<usize>(params, GemmParams.OUTPUT) + <usize>(firstRow * columns + first);
  // Engines whose relaxed dot product takes signed operands, those of arm64, have the registers for two panels.
  const two = sizeof<T>() == 1 && !isSigned<T>() && load<u8>(params, GemmParams.FLIP) == 0 && rows >= 4;
  for (let column = first; column < last; column += panelColumns<T>()) {
    const weightsEnd = weights + <usize>panelBytes;
    const count = last - column;
    if (sizeof<T>() == 1 && !isSigned<T>() && two && count >= 16) {
      tileRdx4Two(params, input, inputStride, rows, terms, offsets, skip, lineBytes, weights, weightsEnd, bias, scale, output, columns);
      column += 8;
      weights = weightsEnd + <usize>panelBytes;
      bias += 64;
      scale += 64;
      output += 16;
      continue;
    }
    const whole = count >= panelColumns<T>();
    panel<T>(
      params, input, inputStride, rows, terms, offsets, skip, lineBytes, weights, weightsEnd, bias, scale,
      whole ? output : spare, whole ? columns : panelColumns<T>(),
    );
    for (let row = 0; !whole && row < rows; row++) copyFew(spare + <usize>(row * panelColumns<T>()), output + <usize>(row * columns), count);
    weights = weightsEnd;
    bias += 4 * panelColumns<T>();
    scale += 4 * panelColumns<T>();
    output += panelColumns<T>();
  }
}
