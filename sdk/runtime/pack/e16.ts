import { inOrder, SLIDING_PAIRS, type Pack } from './types.ts';

/** i16x8.extmul_*_i8x16_s: two products summed in 16 bits, so two of (-128) * (-128) would overflow. */
export const e16: Pack = {
  elementBytes: 1,
  gemm: { panel: 4, group: 16, order: (depth) => inOrder(depth, 16) },
  dwconv: { panel: 16, group: 2, order: (taps) => (taps === 9 ? SLIDING_PAIRS : inOrder(taps, 2)) },
};
