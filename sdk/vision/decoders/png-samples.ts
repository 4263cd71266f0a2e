import { inflateSync } from 'node:zlib';
import { brokenImage } from './limits.ts';

/** First column and row and the steps of the seven Adam7 passes (PNG 8.2). */
const ADAM7 = [[0, 0, 8, 8], [4, 0, 8, 8], [0, 4, 4, 8], [2, 0, 4, 4], [0, 2, 2, 4], [1, 0, 2, 2], [0, 1, 1, 2]] as const;

/** How the samples of a PNG picture are stored. */
export interface PngLayout {
  readonly width: number;
  readonly height: number;
  /** Bits of a sample. */
  readonly depth: number;
  /** Samples of a pixel. */
  readonly samples: number;
  readonly interlaced: boolean;
}

/** Undoes the filter of one row in place; `before` is the row above, zeros for the first (PNG 9.2). */
function unfilter(filter: number, row: Uint8Array, before: Uint8Array, step: number, where: string): void {
  if (filter > 4) throw brokenImage(where, `PNG row filter ${filter}`);
  for (let at = 0; at < row.length; at++) {
    const left = at < step ? 0 : row[at - step]!;
    const up = before[at]!;
    if (filter === 1) row[at]! += left;
    else if (filter === 2) row[at]! += up;
    else if (filter === 3) row[at]! += (left + up) >> 1;
    else if (filter === 4) {
      const corner = at < step ? 0 : before[at - step]!;
      const toLeft = Math.abs(up - corner);
      const toUp = Math.abs(left - corner);
      const toCorner = Math.abs(left + up - 2 * corner);
      row[at]! += toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner;
    }
  }
}

/** Pictures of one pass, or of the whole picture, are stored one after the other. */
function passesOf({ width, height, interlaced }: PngLayout): { x: number; y: number; stepX: number; stepY: number; columns: number; rows: number }[] {
  const passes = interlaced ? ADAM7 : ([[0, 0, 1, 1]] as const);
  return passes
    .map(([x, y, stepX, stepY]) => ({ x, y, stepX, stepY, columns: Math.ceil((width - x) / stepX), rows: Math.ceil((height - y) / stepY) }))
    .filter(({ columns, rows }) => columns > 0 && rows > 0);
}

/** Decompresses and unfilters: all samples row-major, one element each, unscaled. Memory is bounded by the layout, whatever the data holds. */
export function readPngSamples(compressed: Uint8Array, layout: PngLayout, where: string): Uint16Array {
  const { width, height, depth, samples } = layout;
  const passes = passesOf(layout);
  const rowBytes = (columns: number): number => Math.ceil((columns * samples * depth) / 8);
  const expected = passes.reduce((sum, { columns, rows }) => sum + (1 + rowBytes(columns)) * rows, 0);
  let raw: Uint8Array;
  try {
    raw = inflateSync(compressed, { maxOutputLength: expected + 1 });
  } catch (error) {
    throw brokenImage(where, `the PNG data cannot be decompressed to ${expected} bytes (${error instanceof Error ? error.message : String(error)})`);
  }
  if (raw.length !== expected) throw brokenImage(where, `the PNG data has ${raw.length} bytes, ${expected} are needed`);

  const out = new Uint16Array(width * height * samples);
  const step = Math.max(1, (samples * depth) / 8);
  const mask = 2 ** Math.min(depth, 8) - 1;
  let at = 0;
  for (const { x, y, stepX, stepY, columns, rows } of passes) {
    const length = rowBytes(columns);
    let before: Uint8Array = new Uint8Array(length);
    for (let rowIndex = 0; rowIndex < rows; rowIndex++) {
      const row = raw.subarray(at + 1, at + 1 + length);
      unfilter(raw[at]!, row, before, step, where);
      for (let element = 0; element < columns * samples; element++) {
        const bit = element * depth;
        const high = row[bit >> 3]!;
        const value = depth === 16 ? (high << 8) | row[(bit >> 3) + 1]! : (high >> (8 - depth - (bit & 7))) & mask;
        const column = x + Math.floor(element / samples) * stepX;
        out[((y + rowIndex * stepY) * width + column) * samples + (element % samples)] = value;
      }
      before = row;
      at += 1 + length;
    }
  }
  return out;
}
