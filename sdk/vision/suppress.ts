import type { Box, DetectedBox } from './detected-box.ts';

function areaOf([x0, y0, x1, y1]: Box): number {
  return Math.max(x1 - x0, 0) * Math.max(y1 - y0, 0);
}

/** Shared area of two boxes as a part of the area of both, 0 for empty boxes. */
export function overlapOf(a: Box, b: Box): number {
  const shared = areaOf([Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.min(a[2], b[2]), Math.min(a[3], b[3])]);
  return shared === 0 ? 0 : shared / (areaOf(a) + areaOf(b) - shared);
}

/**
 * Non-maximum suppression within each class: the best boxes, best first, equal scores in their order, without those that overlap a better
 * one of their class more than `overlap`.
 * @param count most boxes to keep
 */
export function suppress(boxes: readonly DetectedBox[], overlap: number, count: number): DetectedBox[] {
  const kept: DetectedBox[] = [];
  for (const candidate of boxes.toSorted((a, b) => b.score - a.score)) {
    if (kept.length >= count) break;
    if (!kept.some(({ index, box }) => index === candidate.index && overlapOf(box, candidate.box) > overlap)) kept.push(candidate);
  }
  return kept;
}
