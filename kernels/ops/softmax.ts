import { SoftmaxParams } from '../abi/softmax';

export function softmax_qs8(params: usize, scratch: usize, begin: i32, end: i32): void {
  const columns = load<i32>(params, SoftmaxParams.COLUMNS);
  const table = load<usize>(params, SoftmaxParams.TABLE);
  for (let row = begin; row < end; row++) {
    const input = load<usize>(params, SoftmaxParams.INPUT) + <usize>(row * columns);
    const output = load<usize>(params, SoftmaxParams.OUTPUT) + <usize>(row * columns);
    let greatest = -128;
    for (let i = 0; i < columns; i++) greatest = max(greatest, <i32>load<i8>(input + i));
    let sum: f32 = 0;
    for (let i = 0; i < columns; i++) sum += load<f32>(table + (<usize>(greatest - <i32>load<i8>(input + i)) << 2));
    const scale: f32 = 256 / sum;
    for (let i = 0; i < columns; i++) {
      const probability = load<f32>(table + (<usize>(greatest - <i32>load<i8>(input + i)) << 2)) * scale;
      store<i8>(output + i, min(<i32>nearest(probability) - 128, 127));
    }
  }
}
