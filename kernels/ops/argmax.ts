import { ArgMaxParams } from '../abi/arg-max';

@inline
function argmax<T>(params: usize, begin: i32, end: i32): void {
  const extent = load<i32>(params, ArgMaxParams.EXTENT);
  const inner = load<i32>(params, ArgMaxParams.INNER);
  const output = load<usize>(params, ArgMaxParams.OUTPUT);
  const stride = <usize>inner * sizeof<T>();
  for (let unit = begin; unit < end; unit++) {
    const outer = unit / inner;
    let at = load<usize>(params, ArgMaxParams.INPUT) + <usize>(outer * extent * inner + unit - outer * inner) * sizeof<T>();
    let greatest = load<T>(at);
    let best = 0;
    for (let index = 1; index < extent; index++) {
      at += stride;
      const value = load<T>(at);
      if (value > greatest) {
        greatest = value;
        best = index;
      }
    }
    store<i32>(output + (<usize>unit << 2), best);
  }
}

export function argmax_qs8(params: usize, scratch: usize, begin: i32, end: i32): void {
  argmax<i8>(params, begin, end);
}

export function argmax_f32(params: usize, scratch: usize, begin: i32, end: i32): void {
  argmax<f32>(params, begin, end);
}
