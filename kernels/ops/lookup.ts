import { LookupParams } from '../abi/unary';

export function lookup_x8(params: usize, scratch: usize, begin: i32, end: i32): void {
  const table = load<usize>(params, LookupParams.TABLE);
  const block = load<usize>(params, LookupParams.BLOCK);
  const inputEnd = load<usize>(params, LookupParams.INPUT) + load<usize>(params, LookupParams.COUNT);
  let input = load<usize>(params, LookupParams.INPUT) + <usize>begin * block;
  for (let unit = begin; unit < end; unit++) {
    let output = load<usize>(params, LookupParams.OUTPUT) + <usize>unit * load<usize>(params, LookupParams.OUTPUT_STRIDE);
    const last = min(input + block, inputEnd);
    for (; input + 4 <= last; input += 4) {
      store<u8>(output, load<u8>(table + <usize>load<u8>(input)));
      store<u8>(output, load<u8>(table + <usize>load<u8>(input, 1)), 1);
      store<u8>(output, load<u8>(table + <usize>load<u8>(input, 2)), 2);
      store<u8>(output, load<u8>(table + <usize>load<u8>(input, 3)), 3);
      output += 4;
    }
    for (; input < last; input++) {
      store<u8>(output, load<u8>(table + <usize>load<u8>(input)));
      output++;
    }
  }
}
