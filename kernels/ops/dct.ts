import { DctParams } from '../abi/audio';
import { storePair } from '../micro/store-pair';

export function dct_f32(params: usize, scratch: usize, begin: i32, end: i32): void {
  const bins = load<i32>(params, DctParams.BINS);
  const coefficients = load<i32>(params, DctParams.COEFFICIENTS);
  for (let row = begin; row < end; row++) {
    const input = load<usize>(params, DctParams.INPUT) + (<usize>(row * bins) << 2);
    const output = load<usize>(params, DctParams.OUTPUT) + (<usize>(row * coefficients) << 2);
    let weights = load<usize>(params, DctParams.TABLE);
    for (let c = 0; c < coefficients; c += 2) {
      let sums = f64x2.splat(0);
      for (let value = input, last = input + (<usize>bins << 2); value < last; value += 4) {
        sums = f64x2.add(sums, f64x2.mul(f64x2.promote_low_f32x4(v128.load32_splat(value)), v128.load(weights)));
        weights += 16;
      }
      storePair(output + (<usize>c << 2), sums, c + 1 < coefficients);
    }
  }
}
