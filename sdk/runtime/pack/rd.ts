import { inOrder, type Pack } from './types.ts';

/** Taps of a 3x3 window by columns, each filled with a zero. */
const SLIDING_COLUMNS = [0, 3, 6, -1, 1, 4, 7, -1, 2, 5, 8, -1];

/** i32x4.relaxed_dot_i8x16_i7x16_add_s: quads of 8-bit terms. Engines differ in (-128) * (-128). */
export const rd: Pack = {
  elementBytes: 1,
  gemm: { panel: 8, group: 4, order: (depth) => inOrder(depth, 4) },
  dwconv: { panel: 8, group: 4, order: (taps) => (taps === 9 ? SLIDING_COLUMNS : inOrder(taps, 4)) },
};
