import type { Detection } from './detection-attributes.ts';
import type { DetectionTables } from './detection-tables.ts';

type Box = readonly [top: number, left: number, bottom: number, right: number];

export interface DetectionEntry {
  readonly box: Box;
  readonly label: number;
  readonly score: number;
}

/** Reported boxes by falling score, and how many the count output states. */
export interface Detections {
  readonly entries: readonly DetectionEntry[];
  readonly count: number;
}

function decodeBoxes(tables: DetectionTables, anchors: Float32Array, codes: Int8Array): Box[] {
  return Array.from({ length: codes.length / 4 }, (_, index) => {
    const at = index * 4;
    const [y, x, height, width] = [0, 1, 2, 3].map((coordinate) => codes[at + coordinate]! + 128) as [number, number, number, number];
    const centreY = Math.fround(tables.centresY[y]! * anchors[at + 2]! + anchors[at]!);
    const centreX = Math.fround(tables.centresX[x]! * anchors[at + 3]! + anchors[at + 1]!);
    const halfY = Math.fround(tables.halvesY[height]! * anchors[at + 2]!);
    const halfX = Math.fround(tables.halvesX[width]! * anchors[at + 3]!);
    return [centreY - halfY, centreX - halfX, centreY + halfY, centreX + halfX].map(Math.fround) as unknown as Box;
  });
}

function areaOf([top, left, bottom, right]: Box): number {
  return Math.fround(Math.fround(bottom - top) * Math.fround(right - left));
}

function overlap(a: Box, b: Box): number {
  const [areaA, areaB] = [areaOf(a), areaOf(b)];
  if (areaA <= 0 || areaB <= 0) return 0;
  const height = Math.max(Math.fround(Math.min(a[2], b[2]) - Math.max(a[0], b[0])), 0);
  const width = Math.max(Math.fround(Math.min(a[3], b[3]) - Math.max(a[1], b[1])), 0);
  const shared = Math.fround(height * width);
  return Math.fround(shared / Math.fround(Math.fround(areaA + areaB) - shared));
}

/** Indices of up to `limit` boxes by falling score, equal scores by index; each suppresses later ones that overlap it too much. */
function suppress(boxes: readonly Box[], scores: readonly number[], limit: number, { scoreThreshold, maxOverlap }: Detection): number[] {
  let candidates = [...scores.keys()].filter((index) => scores[index]! >= Math.fround(scoreThreshold)).sort((a, b) => scores[b]! - scores[a]! || a - b);
  const kept: number[] = [];
  for (let best = candidates[0]; best !== undefined && kept.length < limit; best = candidates[0]) {
    kept.push(best);
    const box = boxes[best]!;
    candidates = candidates.slice(1).filter((index) => !(overlap(box, boxes[index]!) > Math.fround(maxOverlap)));
  }
  return kept;
}

/**
 * Non-maximum suppression as TFLite's detection_postprocess.cc: across classes by each anchor's greatest score, or within each class.
 * @param anchors float32 [N][4]: centre y, centre x, height, width
 */
export function detect(
  detection: Detection, tables: DetectionTables, anchors: Float32Array, codes: { readonly boxes: Int8Array; readonly scores: Int8Array },
): Detections {
  const { labels, classes, classesPerBox, boxesPerClass, maxDetections, withinClasses } = detection;
  const boxes = decodeBoxes(tables, anchors, codes.boxes);
  const scoresOf = (anchor: number): number[] => (
    Array.from(codes.scores.subarray(anchor * labels + labels - classes, (anchor + 1) * labels), (code) => tables.scores[code + 128]!)
  );
  const rows = boxes.map((_, anchor) => scoresOf(anchor));
  if (withinClasses) {
    const entries = Array.from({ length: classes }, (_, label) => {
      const column = rows.map((row) => row[label]!);
      return suppress(boxes, column, boxesPerClass, detection).map((anchor) => ({ box: boxes[anchor]!, label, score: column[anchor]! }));
    }).flat().sort((a, b) => b.score - a.score).slice(0, maxDetections);
    return { entries, count: entries.length };
  }
  const kept = suppress(boxes, rows.map((row) => row.reduce((most, score) => Math.max(most, score))), maxDetections, detection);
  const entries = kept.flatMap((anchor) => {
    const row = rows[anchor]!;
    const order = [...row.keys()].sort((a, b) => row[b]! - row[a]! || a - b).slice(0, classesPerBox);
    return order.map((label) => ({ box: boxes[anchor]!, label, score: row[label]! }));
  });
  return { entries, count: kept.length };
}
