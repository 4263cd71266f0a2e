import { PackParams } from '../abi/pack';

@inline
function pack<T>(params: usize, sums: usize, begin: i32, end: i32): void {
  const source = load<usize>(params, PackParams.SOURCE);
  const offsets = load<usize>(params, PackParams.OFFSETS);
  const terms = load<i32>(params, PackParams.TERMS);
  const panel = load<i32>(params, PackParams.PANEL);
  const group = load<i32>(params, PackParams.GROUP) << 2;
  const outputs = load<i32>(params, PackParams.OUTPUTS);
  const outputStride = load<i32>(params, PackParams.OUTPUT_STRIDE);
  const flip = load<i32>(params, PackParams.FLIP);
  const zero = load<i32>(params, PackParams.ZERO);
  let to = load<usize>(params, PackParams.DESTINATION) + <usize>(begin * panel * terms) * sizeof<T>();
  for (let first = begin * panel; first < end * panel; first += panel) {
    if (first < outputs) memory.fill(sums + (<usize>first << 2), 0, <usize>min(panel, outputs - first) << 2);
    for (let start = offsets; start < offsets + (<usize>terms << 2); start += group) {
      for (let output = first; output < first + panel; output++) {
        const from = source + <usize>(output * outputStride);
        let sum = 0;
        for (let at = start; at < start + <usize>group; at += 4) {
          const offset = load<i32>(at);
          let weight = 0;
          if (offset >= 0 && output < outputs) weight = <i32>(<i8>(load<u8>(from + <usize>offset) ^ flip)) - zero;
          sum += weight;
          store<T>(to, <T>weight);
          to += sizeof<T>();
        }
        if (output < outputs) store<i32>(sums + (<usize>output << 2), load<i32>(sums + (<usize>output << 2)) + sum);
      }
    }
  }
}

export function pack_x8_s8(params: usize, scratch: usize, begin: i32, end: i32): void {
  pack<i8>(params, scratch, begin, end);
}

export function pack_x8_s16(params: usize, scratch: usize, begin: i32, end: i32): void {
  pack<i16>(params, scratch, begin, end);
}
