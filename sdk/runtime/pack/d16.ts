import { inOrder, SLIDING_PAIRS, type Pack } from './types.ts';

/** i32x4.dot_i16x8_s: pairs of 16-bit terms. */
export const d16: Pack = {
  elementBytes: 2,
  gemm: { panel: 8, group: 2, order: (depth) => inOrder(depth, 2) },
  dwconv: { panel: 8, group: 2, order: (taps) => (taps === 9 ? SLIDING_PAIRS : inOrder(taps, 2)) },
};
