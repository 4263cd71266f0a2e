/** Greatest absolute sample. */
export function peakOf(samples: ArrayLike<number>): number {
  let peak = 0;
  for (let n = 0; n < samples.length; n++) peak = Math.max(peak, Math.abs(samples[n]!));
  return peak;
}

/** Factor that brings a peak to full scale; silence stays silence. */
export function gainOf(peak: number): number {
  return peak > 0 ? 1 / peak : 1;
}
