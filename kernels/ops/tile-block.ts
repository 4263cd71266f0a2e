import { GemmParams } from '../abi';
import { tileD16x1, tileD16x4 } from '../generated/gemm-d16';
import { tileE16x1, tileE16x4 } from '../generated/gemm-e16';
import { tileRdx1, tileRdx6 } from '../generated/gemm-rd';
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

/** One panel of columns. Up to half a tile of rows left over go one by one; more are a tile that repeats rows of the one before. */
@inline
function panel<T>(
  params: usize, input: usize, inputStride: i32, rows: i32, weights: usize, weightsEnd: usize, bias: usize, scale: usize, output: usize, outputStride: i32,
): void {
  const rest = rows % tileRows<T>();
  const single = rows < tileRows<T>() || rest * 2 <= tileRows<T>() ? rest : 0;
  const tiled = rows - single;
  const singleInput = input + <usize>(tiled * inputStride);
  const singleOutput = output + <usize>(tiled * outputStride);
  if (sizeof<T>() == 2) {
    tileD16x4(params, input, inputStride, tiled, weights, weightsEnd, bias, scale, output, outputStride);
    tileD16x1(params, singleInput, inputStride, single, weights, weightsEnd, bias, scale, singleOutput, outputStride);
  } else if (isSigned<T>()) {
    tileE16x4(params, input, inputStride, tiled, weights, weightsEnd, bias, scale, output, outputStride);
    tileE16x1(params, singleInput, inputStride, single, weights, weightsEnd, bias, scale, singleOutput, outputStride);
  } else {
    tileRdx6(params, input, inputStride, tiled, weights, weightsEnd, bias, scale, output, outputStride);
    tileRdx1(params, singleInput, inputStride, single, weights, weightsEnd, bias, scale, singleOutput, outputStride);
  }
}

/**
 * Outputs of `rows` rows from `firstRow` and of one block of columns. GemmParams and Conv2dParams agree in all fields read here.
 * `input` is the row `firstRow` in the form T's tiles read; `spare` has 8 bytes a row for a panel that is not full.
 */
export function multiplyBlock<T>(params: usize, input: usize, inputStride: i32, firstRow: i32, rows: i32, columnBlock: i32, spare: usize): void {
  const columns = load<i32>(params, GemmParams.COLUMNS);
  const width = load<i32>(params, GemmParams.BLOCK_COLUMNS);
  const first = columnBlock * width;
  const last = min(first + width, columns);
  const panelBytes = blockStride<T>(load<i32>(params, GemmParams.DEPTH)) * panelColumns<T>();
  let weights = load<usize>(params, GemmParams.WEIGHTS) + <usize>(first / panelColumns<T>() * panelBytes);
  let bias = load<usize>(params, GemmParams.BIAS) + (<usize>first << 2);
  let scale = load<usize>(params, GemmParams.SCALE) + (<usize>first << 2);
  let output = load<usize>(params, GemmParams.OUTPUT) + <usize>(firstRow * columns + first);
  for (let column = first; column < last; column += panelColumns<T>()) {
    const weightsEnd = weights + <usize>panelBytes;
    const count = last - column;
    if (count >= panelColumns<T>()) {
      panel<T>(params, input, inputStride, rows, weights, weightsEnd, bias, scale, output, columns);
    } else {
      panel<T>(params, input, inputStride, rows, weights, weightsEnd, bias, scale, spare, panelColumns<T>());
      for (let row = 0; row < rows; row++) copyFew(spare + <usize>(row * panelColumns<T>()), output + <usize>(row * columns), count);
    }
    weights = weightsEnd;
    bias += 4 * panelColumns<T>();
    scale += 4 * panelColumns<T>();
    output += panelColumns<T>();
  }
}
