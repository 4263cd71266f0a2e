/** xorshift32 (Marsaglia, Xorshift RNGs, 2003): deterministic integers of 1…2^32-1. */
export function xorshift(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
