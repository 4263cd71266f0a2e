import { GemmF32Params } from '../abi/gemm-f32';
import { tileF32x1p1, tileF32x1p4, tileF32x4p1 } from '../generated/gemm-f32';
import { storeUpTo4 } from '../micro/f32';

const TILE_ROWS: i32 = 4;
const PANEL_COLUMNS: i32 = 8;
const PANEL_BYTES: i32 = 32;

/** One panel of columns. Up to half a tile of rows left over go one by one; three are a tile that repeats a row of the one before. */
@inline
function panel(
  params: usize, input: usize, inputStride: i32, rows: i32, weights: usize, panelBytes: i32, bias: usize, output: usize, outputStride: i32,
): void {
  const rest = rows % TILE_ROWS;
  const single = rows < TILE_ROWS || rest * 2 <= TILE_ROWS ? rest : 0;
  const tiled = rows - single;
  tileF32x4p1(params, input, inputStride, tiled, weights, panelBytes, bias, output, outputStride);
  const singleInput = input + <usize>(tiled * inputStride);
  tileF32x1p1(params, singleInput, inputStride, single, weights, panelBytes, bias, output + <usize>(tiled * outputStride), outputStride);
}

/**
 * Outputs of `rows` rows from `firstRow` and of one block of columns. GemmF32Params and Conv2dF32Params agree in all fields read here.
 * `input` is the row `firstRow`; `spare` has 32 bytes a row for a panel that is not full.
 */
export function multiplyBlockF32(params: usize, input: usize, inputStride: i32, firstRow: i32, rows: i32, columnBlock: i32, spare: usize): void {
  const columns = load<i32>(params, GemmF32Params.COLUMNS);
  const width = load<i32>(params, GemmF32Params.BLOCK_COLUMNS);
  const panelBytes = load<i32>(params, GemmF32Params.DEPTH) * PANEL_BYTES;
  const outputStride = columns << 2;
  let column = columnBlock * width;
  const last = min(column + width, columns);
  let weights = load<usize>(params, GemmF32Params.WEIGHTS) + <usize>(column / PANEL_COLUMNS * panelBytes);
  let bias = load<usize>(params, GemmF32Params.BIAS) + (<usize>column << 2);
  let output = load<usize>(params, GemmF32Params.OUTPUT) + <usize>(firstRow * outputStride) + (<usize>column << 2);
  if (rows == 1) {
    for (; last - column >= 4 * PANEL_COLUMNS; column += 4 * PANEL_COLUMNS) {
      tileF32x1p4(params, input, inputStride, 1, weights, panelBytes, bias, output, outputStride);
      weights += <usize>(4 * panelBytes);
      bias += 4 * PANEL_BYTES;
      output += 4 * PANEL_BYTES;
    }
  }
  for (; column < last; column += PANEL_COLUMNS) {
    const count = last - column;
    if (count >= PANEL_COLUMNS) {
      panel(params, input, inputStride, rows, weights, panelBytes, bias, output, outputStride);
    } else {
      panel(params, input, inputStride, rows, weights, panelBytes, bias, spare, PANEL_BYTES);
      let target = output;
      for (let row = 0; row < rows; row++) {
        const source = spare + <usize>(row * PANEL_BYTES);
        storeUpTo4(target, v128.load(source), count);
        if (count > 4) storeUpTo4(target + 16, v128.load(source, 16), count - 4);
        target += outputStride;
      }
    }
    weights += <usize>panelBytes;
    bias += PANEL_BYTES;
    output += PANEL_BYTES;
  }
}
