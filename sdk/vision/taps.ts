/** Weights have 11 fractional bits: two of them and a byte stay below 2^31. */
export const WEIGHT_BITS = 11;

const ONE = 1 << WEIGHT_BITS;

/** Source pixels of each output pixel along one axis. */
export interface Taps {
  readonly first: Int32Array;
  readonly second: Int32Array;
  /** Weight of `second` in 1/2048. */
  readonly weight: Int32Array;
}

/** Bilinear taps with half-pixel centres over `extent` source pixels from `start`, clamped at the ends. */
export function tapsOf(start: number, extent: number, size: number): Taps {
  const first = new Int32Array(size);
  const second = new Int32Array(size);
  const weight = new Int32Array(size);
  for (let at = 0; at < size; at++) {
    const position = Math.min(Math.max(((at + 0.5) * extent) / size - 0.5, 0), extent - 1);
    const before = Math.floor(position);
    first[at] = start + before;
    second[at] = start + Math.min(before + 1, extent - 1);
    weight[at] = Math.round((position - before) * ONE);
  }
  return { first, second, weight };
}
