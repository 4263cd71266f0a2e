import { LogParams } from '../abi/audio';
import { logPair } from '../micro/log';
import { storePair } from '../micro/store-pair';

export function log_f32(params: usize, scratch: usize, begin: i32, end: i32): void {
  const input = load<usize>(params, LogParams.INPUT);
  const output = load<usize>(params, LogParams.OUTPUT);
  const table = load<usize>(params, LogParams.TABLE);
  const block = load<i32>(params, LogParams.BLOCK);
  const last = min(end * block, load<i32>(params, LogParams.COUNT));
  const gain = f64x2.promote_low_f32x4(v128.load32_splat(load<usize>(params, LogParams.GAIN)));
  const offset = f64x2.promote_low_f32x4(v128.load(params, LogParams.OFFSET));
  for (let i = begin * block; i < last; i += 2) {
    const at = <usize>i << 2;
    const values = f64x2.add(f64x2.mul(f64x2.promote_low_f32x4(v128.load64_zero(input + at)), gain), offset);
    storePair(output + at, logPair(values, table), i + 1 < last);
  }
}
