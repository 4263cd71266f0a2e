import { pictureX, pictureY, type Placement } from './placement.ts';

/** Left, top, right and bottom. */
export type Box = readonly [x0: number, y0: number, x1: number, y1: number];

/** A box a model found, 0…1 of its input. */
export interface DetectedBox {
  /** 0-based class number of the model. */
  readonly index: number;
  readonly score: number;
  readonly box: Box;
}

/** Least score of reported objects where none is given. */
export const OBJECT_THRESHOLD = 0.3;

/** An object in a picture. */
export interface DetectedObject {
  /** 0-based class number of the model. */
  readonly index: number;
  readonly label: string | null;
  /** The model's own score. */
  readonly score: number;
  /** 0…1 of the picture, x right, y down. */
  readonly box: Box;
}

/** Boxes that reach `threshold`, in the picture and with names, in their order. Boxes that are no numbers, or have no area in the picture, are left out. */
export function toObjects(
  boxes: readonly DetectedBox[], placement: Placement, threshold: number, labels: readonly string[] | undefined,
): DetectedObject[] {
  return boxes
    .filter(({ score, box }) => score >= threshold && box.every(Number.isFinite))
    .map(({ index, score, box: [x0, y0, x1, y1] }): DetectedObject => ({
      index,
      label: labels?.[index] ?? null,
      score,
      box: [pictureX(placement, x0), pictureY(placement, y0), pictureX(placement, x1), pictureY(placement, y1)],
    }))
    .filter(({ box: [x0, y0, x1, y1] }) => x1 > x0 && y1 > y0);
}
