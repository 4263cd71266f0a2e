import * as v from 'valibot';
import { OptionError } from '../core/errors.ts';
import { parseOptions } from '../core/options.ts';

const whole = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(16_384));

const schema = v.strictObject({
  /** Size of the model input in pixels. */
  width: whole,
  height: whole,
  /** Grids in the order of the model's outputs: pixels from one anchor to the next, and the widths (and heights) in pixels of the anchors at each place. */
  grids: v.pipe(v.array(v.strictObject({
    stride: whole,
    sizes: v.pipe(v.array(v.pipe(v.number(), v.gtValue(0), v.finite())), v.minLength(1), v.maxLength(64)),
  })), v.minLength(1), v.maxLength(16)),
});

export type GridAnchorOptions = v.InferInput<typeof schema>;

const MOST_ANCHORS = 1_000_000;

/**
 * Square anchors on regular grids, row by row, the centres in the middle of the cells: the `anchors` of raw boxes.
 * @returns centre x, centre y, width and height of each anchor, parts of the input
 * @throws OptionError for wrong options
 */
export function gridAnchors(options: GridAnchorOptions): Float64Array {
  const { width, height, grids } = parseOptions(schema, options, 'gridAnchors');
  const cells = grids.map(({ stride, sizes }) => ({ sizes, columns: Math.ceil(width / stride), rows: Math.ceil(height / stride) }));
  const count = cells.reduce((sum, { columns, rows, sizes }) => sum + columns * rows * sizes.length, 0);
  if (count > MOST_ANCHORS) throw new OptionError('invalid-option', `gridAnchors: ${count} anchors, at most ${MOST_ANCHORS} are allowed`);
  const anchors = new Float64Array(count * 4);
  let at = 0;
  for (const { sizes, columns, rows } of cells) {
    for (let cell = 0; cell < columns * rows; cell++) {
      const column = cell % columns;
      const row = (cell - column) / columns;
      for (const size of sizes) {
        anchors.set([(column + 0.5) / columns, (row + 0.5) / rows, size / width, size / height], at);
        at += 4;
      }
    }
  }
  return anchors;
}
