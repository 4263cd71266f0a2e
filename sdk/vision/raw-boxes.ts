import * as v from 'valibot';
import { OptionError } from '../core/errors.ts';
import { exp } from '../core/math.ts';
import { formatShape } from '../core/shape.ts';
import type { Port } from '../runtime/types.ts';
import { bestOf } from './best.ts';
import type { Box, DetectedBox } from './detected-box.ts';
import { checkLabels } from './labels.ts';
import type { Size } from './placement.ts';
import { realValues } from './real-values.ts';

const numbers = v.custom<ArrayLike<number>>(
  (value) => (Array.isArray(value) || ArrayBuffer.isView(value)) && Array.from(value as ArrayLike<unknown>).every((number) => Number.isFinite(number)),
  'must be an array of numbers',
);

/** How a model without a detection operator of its own states its boxes. */
export const rawBoxesSchema = v.strictObject({
  /** `corners`: two corners. `centre`: centre and size. `anchors`: centre and size relative to anchors, as SSD detectors state them. */
  coding: v.picklist(['corners', 'centre', 'anchors']),
  /** Order of the two axes. */
  order: v.optional(v.picklist(['xy', 'yx']), 'xy'),
  /** Units of `corners` and `centre`: parts of the input, or its pixels. */
  units: v.optional(v.picklist(['parts', 'pixels']), 'parts'),
  /** Centre x, centre y, width and height of each anchor, parts of the input; `gridAnchors` makes them. */
  anchors: v.optional(numbers),
  /** Factors of the offsets of centre and size of `anchors`: centre = anchor + offset * factor * anchor size, size = anchor size * exp(offset * factor). */
  variances: v.optional(v.tuple([v.pipe(v.number(), v.gtValue(0)), v.pipe(v.number(), v.gtValue(0))]), [0.1, 0.2]),
  /** Class 0 is the background, not an object. */
  background: v.optional(v.boolean(), false),
  /** A score that there is any object stands before the class scores, which it multiplies. */
  objectness: v.optional(v.boolean(), false),
  /** What scores still need. */
  activation: v.optional(v.picklist(['none', 'sigmoid', 'softmax']), 'none'),
});

export type RawBoxes = v.InferInput<typeof rawBoxesSchema>;
type Settings = v.InferOutput<typeof rawBoxesSchema>;

/** Boxes that are suppressed against each other: the best ones. */
const MOST_CANDIDATES = 4096;

/** Element `column` of row `row`: columns are the numbers of one box. */
interface Table {
  readonly rows: number;
  readonly columns: number;
  readonly value: (row: number, column: number) => number;
}

function tableOf(port: Port, isTransposed: boolean): Table {
  const [, rows = 0, columns = 0] = port.shape;
  const value = realValues(port, 'ObjectDetector');
  return isTransposed
    ? { rows: columns, columns: rows, value: (row, column) => value(column * columns + row) }
    : { rows, columns, value: (row, column) => value(row * columns + column) };
}

function columnsFrom({ rows, columns, value }: Table, first: number): Table {
  return { rows, columns: columns - first, value: (row, column) => value(row, first + column) };
}

/** Boxes and scores of [1, N, 4] and [1, N, C], or of one output [1, N, 4 + C] or [1, 4 + C, N], where N is the greater extent. */
function tablesOf(outputs: readonly Port[]): { boxes: Table; scores: Table } {
  const [first, second, third] = outputs;
  const fits = first !== undefined && third === undefined && outputs.every(({ shape }) => shape.length === 3 && shape[0] === 1);
  if (fits && second === undefined) {
    const [, rows = 0, columns = 0] = first.shape;
    const all = tableOf(first, columns > rows);
    if (all.columns > 4) return { boxes: all, scores: columnsFrom(all, 4) };
  }
  if (fits && second !== undefined && first.shape[1] === second.shape[1]) {
    const boxes = [first, second].find(({ shape }) => shape[2] === 4);
    if (boxes !== undefined) return { boxes: tableOf(boxes, false), scores: tableOf(boxes === first ? second : first, false) };
  }
  throw new OptionError('not-a-detector', `ObjectDetector: the model has the outputs ${outputs.map(({ shape }) => formatShape(shape)).join(', ') || 'none'}; ` +
    'raw boxes are 1xNx4 with scores 1xNxC, or one output 1xNx(4+C) or 1x(4+C)xN');
}

/** The box in row `row`, parts of the input. */
function boxReader(boxes: Table, settings: Settings, input: Size): (row: number) => Box {
  const { coding, order, units, anchors, variances } = settings;
  const [x, y] = order === 'xy' ? [0, 1] : [1, 0];
  const [width, height] = units === 'pixels' ? [input.width, input.height] : [1, 1];
  const { value } = boxes;
  if (coding === 'corners') return (row) => [value(row, x) / width, value(row, y) / height, value(row, x + 2) / width, value(row, y + 2) / height];
  const centred = (centreX: number, centreY: number, w: number, h: number): Box => [centreX - w / 2, centreY - h / 2, centreX + w / 2, centreY + h / 2];
  if (coding === 'centre') {
    return (row) => centred(value(row, x) / width, value(row, y) / height, value(row, x + 2) / width, value(row, y + 2) / height);
  }
  if (anchors?.length !== boxes.rows * 4) {
    throw new OptionError('invalid-option', `ObjectDetector: ${anchors?.length ?? 'no'} numbers of anchors for ${boxes.rows} boxes; ` +
      'give centre x, centre y, width and height of each');
  }
  const [place, size] = variances;
  return (row) => {
    const [anchorX, anchorY, anchorW, anchorH] = [0, 1, 2, 3].map((at) => anchors[row * 4 + at]!) as [number, number, number, number];
    return centred(
      anchorX + value(row, x) * place * anchorW, anchorY + value(row, y) * place * anchorH,
      anchorW * exp(value(row, x + 2) * size), anchorH * exp(value(row, y + 2) * size),
    );
  };
}

function sigmoid(x: number): number {
  return 1 / (1 + exp(-x));
}

/** The best class of a box. */
interface Best {
  readonly index: number;
  readonly score: number;
}

/** Reads the best class of a row; activations keep the order of the scores of a row. */
function bestReader({ columns, value }: Table, { background, objectness, activation }: Settings): (row: number) => Best {
  const first = objectness ? 1 : 0;
  const least = first + (background ? 1 : 0);
  if (least >= columns) {
    throw new OptionError('not-a-detector', `ObjectDetector: ${columns} scores a box leave no class beside background and objectness`);
  }
  const softmax = (row: number, score: number): number => {
    let greatest = score;
    for (let column = first; column < columns; column++) greatest = Math.max(greatest, value(row, column));
    let sum = 0;
    for (let column = first; column < columns; column++) sum += exp(value(row, column) - greatest);
    return exp(score - greatest) / sum;
  };
  return (row) => {
    const best = least + bestOf((column) => value(row, column), least, columns - least);
    const raw = value(row, best);
    const score = activation === 'none' ? raw : activation === 'sigmoid' ? sigmoid(raw) : softmax(row, raw);
    const any = objectness ? value(row, 0) : 1;
    return { index: best - first, score: score * (objectness && activation !== 'none' ? sigmoid(any) : any) };
  };
}

/**
 * Reads the boxes of a model that states all of its candidates: for each the best class, if its score reaches `threshold`. At most 4096, the best.
 * @throws OptionError when the outputs hold no such boxes, or there are not as many labels as classes
 */
export function rawBoxReader(
  outputs: readonly Port[], settings: Settings, input: Size, threshold: number, labels: readonly string[] | undefined,
): () => DetectedBox[] {
  const tables = tablesOf(outputs);
  checkLabels(labels, tables.scores.columns - (settings.objectness ? 1 : 0), 'ObjectDetector');
  const boxOf = boxReader(tables.boxes, settings, input);
  const readBest = bestReader(tables.scores, settings);
  return () => {
    let found: (Best & { readonly row: number })[] = [];
    for (let row = 0; row < tables.boxes.rows; row++) {
      const best = readBest(row);
      if (best.score >= threshold) found.push({ ...best, row });
    }
    if (found.length > MOST_CANDIDATES) found = found.sort((a, b) => b.score - a.score || a.row - b.row).slice(0, MOST_CANDIDATES);
    return found.map(({ row, index, score }) => ({ index, score, box: boxOf(row) })).filter(({ box }) => box.every(Number.isFinite));
  };
}
