import { affineOf } from '../core/affine.ts';
import type { TypedArray } from '../core/dtype.ts';
import { OptionError } from '../core/errors.ts';
import { formatShape } from '../core/shape.ts';
import type { Port } from '../runtime/types.ts';
import { bestOf } from './best.ts';
import { checkLabels } from './labels.ts';
import type { Placement, Size } from './placement.ts';
import { realValues } from './real-values.ts';

/** Class number of pixels the model did not see. */
export const UNSEEN = 255;

/** The class of each pixel of a picture. */
export interface ClassMask extends Size {
  /** 0-based class numbers, row by row; 255 where cropping left the picture out. */
  readonly data: Uint8Array;
  readonly labels: readonly string[] | null;
}

/** The answer of the model for each of its pixels. */
interface Scores extends Size {
  /** Undefined where the output holds class numbers. */
  readonly classes: number | undefined;
  readonly classAt: (pixel: number) => number;
}

function scoresOf(port: Port, threshold: number): Scores {
  const [one, height = 0, width = 0, classes = 1] = port.shape;
  const where = `output '${port.name}' ${port.dtype} ${formatShape(port.shape)}`;
  const rank = port.shape.length;
  if (one !== 1 || (rank !== 4 && rank !== 3) || classes > UNSEEN) {
    throw new OptionError('not-a-segmenter', `${where}: holds no mask; must be 1xHxW classes, or scores 1xHxWxC of at most ${UNSEEN} classes`);
  }
  if (classes > 1) {
    const value = realValues(port, 'Segmenter');
    return { width, height, classes, classAt: (pixel) => bestOf(value, pixel * classes, classes) };
  }
  if (port.dtype === 'float32' || affineOf(port.quantization) !== undefined) {
    const value = realValues(port, 'Segmenter');
    return { width, height, classes: 2, classAt: (pixel) => (value(pixel) >= threshold ? 1 : 0) };
  }
  const data = port.data as TypedArray;
  return { width, height, classes: undefined, classAt: (pixel) => Math.min(Math.max(Number(data[pixel]), 0), UNSEEN - 1) };
}

/** Pixel of the answer, of `extent` pixels, for each pixel of the picture along one axis; -1 where there is none. Nearest, half-pixel centres. */
function nearest(picture: number, from: number, fromExtent: number, input: number, to: number, toExtent: number, extent: number): Int32Array {
  return Int32Array.from({ length: picture }, (_, at) => {
    if (at < from || at >= from + fromExtent) return -1;
    const place = to + ((at + 0.5 - from) * toExtent) / fromExtent;
    return Math.min(Math.floor((place * extent) / input), extent - 1);
  });
}

/**
 * A function that reads the class of each pixel of a picture.
 * @param port output [1, H, W, C] of scores, the greatest of which counts; [1, H, W] or [1, H, W, 1] of scores, 1 from `threshold`, where it is
 * float32 or has a scale, otherwise of integer class numbers
 * @param stated names in the model file; taken where there is one per class, and for class numbers
 * @throws OptionError when the output is another, or there are not as many labels as classes
 */
export function maskReader(
  port: Port, threshold: number, labels: readonly string[] | undefined, stated: readonly string[] | undefined,
): (placement: Placement) => ClassMask {
  const scores = scoresOf(port, threshold);
  if (scores.classes !== undefined) checkLabels(labels, scores.classes, `output '${port.name}'`);
  const names = labels ?? (stated !== undefined && stated.length === (scores.classes ?? stated.length) ? stated : null);
  const answer = new Uint8Array(scores.width * scores.height);
  let last: Placement | undefined;
  let columns: Int32Array = new Int32Array();
  let rows: Int32Array = columns;
  return (placement) => {
    const { picture, input, from, to } = placement;
    for (let pixel = 0; pixel < answer.length; pixel++) answer[pixel] = scores.classAt(pixel);
    if (placement !== last) {
      columns = nearest(picture.width, from.left, from.width, input.width, to.left, to.width, scores.width);
      rows = nearest(picture.height, from.top, from.height, input.height, to.top, to.height, scores.height);
      last = placement;
    }
    const data = new Uint8Array(picture.width * picture.height).fill(UNSEEN);
    rows.forEach((row, y) => {
      if (row < 0) return;
      for (let x = from.left; x < from.left + from.width; x++) data[y * picture.width + x] = answer[row * scores.width + columns[x]!]!;
    });
    return { width: picture.width, height: picture.height, data, labels: names };
  };
}
