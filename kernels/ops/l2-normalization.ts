import { L2NormalizationF32Params, L2NormalizationParams } from '../abi/l2-normalization';

export function l2norm_qs8(params: usize, scratch: usize, begin: i32, end: i32): void {
  const columns = load<i32>(params, L2NormalizationParams.COLUMNS);
  const zero = load<i32>(params, L2NormalizationParams.ZERO);
  for (let row = begin; row < end; row++) {
    const input = load<usize>(params, L2NormalizationParams.INPUT) + <usize>(row * columns);
    const output = load<usize>(params, L2NormalizationParams.OUTPUT) + <usize>(row * columns);
    let sum = 0;
    for (let i = 0; i < columns; i++) {
      const value = <i32>load<i8>(input + i) - zero;
      sum += value * value;
    }
    const scale: f32 = 128 / sqrt<f32>(<f32>max(sum, 1));
    for (let i = 0; i < columns; i++) {
      const value = nearest<f32>(<f32>(<i32>load<i8>(input + i) - zero) * scale);
      store<i8>(output + i, min(<i32>value, 127));
    }
  }
}

export function l2norm_f32(params: usize, scratch: usize, begin: i32, end: i32): void {
  const rowBytes = <usize>load<i32>(params, L2NormalizationF32Params.COLUMNS) << 2;
  for (let row = begin; row < end; row++) {
    const input = load<usize>(params, L2NormalizationF32Params.INPUT) + <usize>row * rowBytes;
    const output = load<usize>(params, L2NormalizationF32Params.OUTPUT) + <usize>row * rowBytes;
    let sum: f32 = 0;
    for (let at: usize = 0; at < rowBytes; at += 4) {
      const value = load<f32>(input + at);
      sum += value * value;
    }
    const length = max<f32>(sqrt<f32>(sum), 1e-6);
    for (let at: usize = 0; at < rowBytes; at += 4) store<f32>(output + at, load<f32>(input + at) / length);
  }
}
