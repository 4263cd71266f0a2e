import { inOrder, type Pack } from './types.ts';

/** Column pairs of a 3x3 window, then the rest of its last row: what slides along a row of pixels is interleaved once. */
const WINDOW_3X3 = [0, 3, 1, 4, 2, 5, 6, 7, 8, -1];

/** i32x4.dot_i16x8_s: pairs of 16-bit terms. */
export const d16: Pack = {
  elementBytes: 2,
  minimum: -128,
  gemm: { panel: 8, group: 2, order: (depth) => inOrder(depth, 2) },
  dwconv: { panel: 8, group: 2, order: (taps) => (taps === 9 ? WINDOW_3X3 : inOrder(taps, 2)) },
};
