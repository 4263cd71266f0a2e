import { GatherNdParams, MoveParams } from '../abi/move';
import { ResizeNearestParams } from '../abi/resize';
import { copyBytes } from '../micro/copy';

/** Elements of T at `count` places. */
@inline
function moveElements<T>(input: usize, inputStep: usize, output: usize, outputStep: usize, count: i32): void {
  for (let i = 0; i < count; i++) {
    store<T>(output, load<T>(input));
    input += inputStep;
    output += outputStep;
  }
}

export function move_x8(params: usize, scratch: usize, begin: i32, end: i32): void {
  const count = load<i32>(params, MoveParams.COUNT);
  const run = load<i32>(params, MoveParams.RUN);
  const inputStep = load<usize>(params, MoveParams.INPUT_STEP);
  const outputStep = load<usize>(params, MoveParams.OUTPUT_STEP);
  const dims = load<usize>(params, MoveParams.DIMS);
  const dimsEnd = dims + <usize>(12 * load<i32>(params, MoveParams.RANK));
  for (let unit = begin; unit < end; unit++) {
    let input = load<usize>(params, MoveParams.INPUT);
    let output = load<usize>(params, MoveParams.OUTPUT);
    let rest = unit;
    for (let dim = dimsEnd; dim > dims;) {
      dim -= 12;
      const outer = rest / load<i32>(dim);
      const index = rest - outer * load<i32>(dim);
      input += <usize>(index * load<i32>(dim, 4));
      output += <usize>(index * load<i32>(dim, 8));
      rest = outer;
    }
    if (run == 1) moveElements<u8>(input, inputStep, output, outputStep, count);
    else if (run == 4) moveElements<u32>(input, inputStep, output, outputStep, count);
    else {
      for (let i = 0; i < count; i++) {
        copyBytes(input, output, run);
        input += inputStep;
        output += outputStep;
      }
    }
  }
}

export function gather_nd_x8(params: usize, scratch: usize, begin: i32, end: i32): void {
  const run = load<i32>(params, GatherNdParams.RUN);
  const depth = load<i32>(params, GatherNdParams.DEPTH);
  const dims = load<usize>(params, GatherNdParams.DIMS);
  let index = load<usize>(params, GatherNdParams.INDICES) + (<usize>(begin * depth) << 2);
  let output = load<usize>(params, GatherNdParams.OUTPUT) + <usize>(begin * run);
  for (let unit = begin; unit < end; unit++) {
    let input = load<usize>(params, GatherNdParams.INPUT);
    for (let dim = dims, dimsEnd = dims + <usize>(depth << 3); dim < dimsEnd; dim += 8) {
      input += <usize>(max(0, min(load<i32>(index), load<i32>(dim) - 1)) * load<i32>(dim, 4));
      index += 4;
    }
    copyBytes(input, output, run);
    output += run;
  }
}

export function resize_nearest_x8(params: usize, scratch: usize, begin: i32, end: i32): void {
  const run = load<i32>(params, ResizeNearestParams.RUN);
  const height = load<i32>(params, ResizeNearestParams.OUTPUT_HEIGHT);
  const width = load<i32>(params, ResizeNearestParams.OUTPUT_WIDTH);
  let output = load<usize>(params, ResizeNearestParams.OUTPUT) + <usize>(begin * width * run);
  for (let unit = begin; unit < end; unit++) {
    const batch = unit / height;
    const row = load<usize>(params, ResizeNearestParams.INPUT) + <usize>(batch * load<i32>(params, ResizeNearestParams.IMAGE_BYTES))
      + load<usize>(load<usize>(params, ResizeNearestParams.ROWS) + (<usize>(unit - batch * height) << 2));
    const columns = load<usize>(params, ResizeNearestParams.COLUMNS);
    for (let x = 0; x < width; x++) {
      copyBytes(row + load<usize>(columns + (<usize>x << 2)), output, run);
      output += run;
    }
  }
}
