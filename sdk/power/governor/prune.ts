import type { Candidate } from '../types.ts';
import { dynamicWatts, worthOf, type Worth } from '../worth.ts';

/** Shares of motion at which the hull is looked at. */
const MOTIONS = [0.05, 0.2, 0.5, 1];

/** Indices on the upper concave hull of (watts, worth), where mixtures of two neighbours beat all others. */
function hull(indices: readonly number[], watts: (index: number) => number, worth: (index: number) => number): number[] {
  const sorted = [...indices].sort((a, b) => watts(a) - watts(b) || worth(b) - worth(a));
  const kept: number[] = [];
  for (const index of sorted) {
    if (kept.length > 0 && worth(index) <= worth(kept.at(-1)!)) continue;
    while (kept.length > 1) {
      const [before, last] = [kept.at(-2)!, kept.at(-1)!];
      const cross = (worth(last) - worth(before)) * (watts(index) - watts(before)) - (worth(index) - worth(before)) * (watts(last) - watts(before));
      if (cross > 0) break;
      kept.pop();
    }
    kept.push(index);
  }
  return kept;
}

/**
 * Candidates that can be best at some price and motion, by number of threads and up to each latency, as deadlines may ask for more of the one and
 * less of the other, and with and without the minimum rate; idling and powering off stay. In rising order.
 */
export function prune(candidates: readonly Candidate[], worth: Worth, minimumRate: number): number[] {
  const kept = new Set<number>();
  const idle = candidates.flatMap(({ variant, off }, index) => (variant < 0 || off > 0 ? [index] : []));
  const working = candidates.flatMap(({ variant, off }, index) => (variant < 0 || off > 0 ? [] : [index]));
  for (const index of idle) kept.add(index);
  for (const threads of new Set(working.map((index) => candidates[index]!.threads))) {
    const alike = working.filter((index) => candidates[index]!.threads === threads);
    for (const least of new Set([0, minimumRate])) {
      for (const longest of new Set(alike.map((index) => candidates[index]!.latency))) {
        const group = alike.filter((index) => candidates[index]!.rate >= least && candidates[index]!.latency <= longest);
        for (const motion of MOTIONS) {
          const start = least === 0 ? idle.filter((index) => candidates[index]!.off === 0).slice(0, 1) : [];
          const onHull = hull([...start, ...group], (index) => dynamicWatts(candidates[index]!, motion), (index) => worthOf(candidates[index]!, motion, 1, worth));
          for (const index of onHull) kept.add(index);
        }
      }
    }
  }
  return [...kept].sort((a, b) => a - b);
}
