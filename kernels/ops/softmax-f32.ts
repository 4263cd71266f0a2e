import { SoftmaxF32Params } from '../abi/softmax-f32';
import { expF32 } from '../micro/exp';
import { storeUpTo4 } from '../micro/f32';

export function softmax_f32(params: usize, scratch: usize, begin: i32, end: i32): void {
  const columns = load<i32>(params, SoftmaxF32Params.COLUMNS);
  const table = load<usize>(params, SoftmaxF32Params.TABLE);
  const beta = v128.load32_splat(params, SoftmaxF32Params.BETA);
  const rowBytes = <usize>columns << 2;
  for (let row = begin; row < end; row++) {
    const input = load<usize>(params, SoftmaxF32Params.INPUT) + <usize>row * rowBytes;
    const output = load<usize>(params, SoftmaxF32Params.OUTPUT) + <usize>row * rowBytes;
    let greatest = load<f32>(input);
    for (let i: usize = 4; i < rowBytes; i += 4) {
      const value = load<f32>(input + i);
      greatest = greatest < value ? value : greatest;
    }
    const most = f32x4.splat(greatest);
    for (let i = 0; i < columns; i += 4) {
      const at = <usize>i << 2;
      storeUpTo4(output + at, expF32(f32x4.mul(f32x4.sub(v128.load(input + at), most), beta), table), columns - i);
    }
    let sum: f32 = 0;
    for (let i: usize = 0; i < rowBytes; i += 4) sum += load<f32>(output + i);
    const total = f32x4.splat(sum);
    for (let i = 0; i < columns; i += 4) {
      const at = <usize>i << 2;
      storeUpTo4(output + at, f32x4.div(v128.load(output + at), total), columns - i);
    }
  }
}
