/** Dot products of the kernels: i16 pairs, i8 lanes over depth with i16 sums, relaxed i8 quads. */
export type DotVariant = 'd16' | 'e16' | 'rd';

export const DOT_VARIANTS: readonly DotVariant[] = ['d16', 'e16', 'rd'];

/** Where weights stand in a packed array: panels of `panel` outputs; in a panel, runs of `group` consecutive terms of each output in turn. */
export interface Interleave {
  readonly panel: number;
  readonly group: number;
  /** Source term of each packed term, -1 where the packed array holds a zero. */
  readonly order: (terms: number) => readonly number[];
}

/** What the kernels of one dot product read. */
export interface Pack {
  /** Bytes of one packed weight. */
  readonly elementBytes: 1 | 2;
  readonly gemm: Interleave;
  readonly dwconv: Interleave;
}

/** `terms` terms in their own order, followed by zeros up to a multiple of `multiple`. */
export function inOrder(terms: number, multiple: number): number[] {
  return Array.from({ length: Math.ceil(terms / multiple) * multiple }, (_, term) => (term < terms ? term : -1));
}
