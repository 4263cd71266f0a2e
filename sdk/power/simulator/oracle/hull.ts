import { exp } from '../../../core/math.ts';
import type { Candidate } from '../../types.ts';

/** Accuracy-weighted share of what moves that is seen, against core-seconds a second. */
export interface HullPoint {
  readonly cores: number;
  readonly seen: number;
}

/** Upper concave hull of the candidates that infer, from idle on. */
export function hullOf(candidates: readonly Candidate[], dwell: number): readonly HullPoint[] {
  const points = candidates
    .filter(({ variant }) => variant >= 0)
    .map(({ rate, latency, threads, accuracy }) => ({ cores: rate * latency * threads, seen: accuracy * (1 - exp(-rate * dwell)) }))
    .sort((a, b) => a.cores - b.cores || b.seen - a.seen);
  const hull: HullPoint[] = [{ cores: 0, seen: 0 }];
  const slope = (from: HullPoint, to: HullPoint): number => (to.seen - from.seen) / (to.cores - from.cores);
  for (const point of points) {
    if (point.seen <= hull.at(-1)!.seen) continue;
    while (hull.length > 1 && slope(hull.at(-2)!, hull.at(-1)!) <= slope(hull.at(-1)!, point)) hull.pop();
    hull.push(point);
  }
  return hull;
}

/** Slopes from point to point, falling: at a price a core-second between two of them the point between them is best. */
export function slopesOf(hull: readonly HullPoint[]): number[] {
  return hull.slice(1).map((point, index) => (point.seen - hull[index]!.seen) / (point.cores - hull[index]!.cores));
}
