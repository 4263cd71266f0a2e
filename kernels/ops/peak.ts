import { PeakParams } from '../abi/peak';
import { foldD16, foldE16, foldRd } from '../generated/peak';
import { dotRd } from '../micro/dot';

export function peak_d16(params: usize, scratch: usize, begin: i32, end: i32): void {
  v128.store(load<usize>(params, PeakParams.OUTPUT), foldD16(params, end - begin));
}

export function peak_e16(params: usize, scratch: usize, begin: i32, end: i32): void {
  v128.store(load<usize>(params, PeakParams.OUTPUT), foldE16(params, end - begin));
}

export function peak_rd(params: usize, scratch: usize, begin: i32, end: i32): void {
  if (ASC_FEATURE_RELAXED_SIMD) v128.store(load<usize>(params, PeakParams.OUTPUT), foldRd(params, end - begin));
}

export function probe_rd(params: usize, scratch: usize, begin: i32, end: i32): void {
  if (ASC_FEATURE_RELAXED_SIMD) {
    const inputs = v128.load(load<usize>(params, PeakParams.INPUT));
    const weights = v128.load(load<usize>(params, PeakParams.WEIGHTS));
    v128.store(load<usize>(params, PeakParams.OUTPUT), dotRd(i32x4.splat(0), inputs, weights));
  }
}
