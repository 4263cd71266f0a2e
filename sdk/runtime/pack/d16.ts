import { inOrder, type Pack } from './types.ts';

/** Taps of a 3x3 window in pairs: the lower two of each column, which slide along a row of pixels, then the first row. */
const SLIDING_PAIRS = [3, 6, 4, 7, 5, 8, 1, 0, 2, -1];

/** i32x4.dot_i16x8_s: pairs of 16-bit terms. */
export const d16: Pack = {
  elementBytes: 2,
  gemm: { panel: 8, group: 2, order: (depth) => inOrder(depth, 2) },
  dwconv: { panel: 8, group: 2, order: (taps) => (taps === 9 ? SLIDING_PAIRS : inOrder(taps, 2)) },
};
