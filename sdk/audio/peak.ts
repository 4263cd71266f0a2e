/** Greatest absolute sample. */
export function peakOf(samples: ArrayLike<number>): number {
  let peak = 0;
  for (let n = 0; n < samples.length; n++) peak = Math.max(peak, Math.abs(samples[n]!));
  return peak;
}

/** Below it the gain passes what float32 holds. */
const SILENCE = 2 ** -100;

/** Factor that brings a peak to full scale; silence stays silence. */
export function gainOf(peak: number): number {
  return peak >= SILENCE ? 1 / peak : 1;
}
