/** Value below which `fraction` of the sorted values lie (nearest rank). */
function quantile(sorted: readonly number[], fraction: number): number {
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(fraction * sorted.length) - 1))]!;
}

/** Minimum, median and 95th percentile of at least one value. */
export function statistics(values: readonly number[]): { min: number; median: number; p95: number } {
  const sorted = [...values].sort((a, b) => a - b);
  return { min: sorted[0]!, median: quantile(sorted, 0.5), p95: quantile(sorted, 0.95) };
}
