import { inOrder, type Pack } from './types.ts';

/** Taps of a 3x3 window in pairs: the upper two of each column, which slide along a row of pixels, then the last row. */
const SLIDING_PAIRS = [0, 3, 1, 4, 2, 5, 6, 7, 8, -1];

/** i16x8.extmul_*_i8x16_s: two products summed in 16 bits, so two of (-128) * (-128) would overflow. */
export const e16: Pack = {
  elementBytes: 1,
  gemm: { panel: 4, group: 16, order: (depth) => inOrder(depth, 16) },
  dwconv: { panel: 16, group: 2, order: (taps) => (taps === 9 ? SLIDING_PAIRS : inOrder(taps, 2)) },
};
