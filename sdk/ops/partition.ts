// Units of work: large enough to fill a register tile and reuse a packed block, small enough for a fair split over threads.

const TILE_ROWS = 12;
const PANEL_COLUMNS = 16;
/** Bytes of a packed block of rows that stay in a 32 KB first-level cache beside the weights. */
const BLOCK_BYTES = 12288;
const UNITS = 8;
/** Products of fewer multiply-accumulates stay on one thread: their blocks are as large as the cache allows. Other small ones get fewer units. */
const SPLIT_MACS = 600_000;
const SMALL_MACS = 2_400_000;
const MIN_SPLIT_COLUMNS = 64;

export function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}

/** Blocks of a matrix product, in rows and columns, and how many there are. */
export interface Blocks {
  readonly rows: number;
  readonly columns: number;
  readonly units: number;
}

/** Splits `rows` x `columns` outputs of `depth` terms: whole row tiles first, columns where rows give too few units. */
export function gemmBlocks(rows: number, columns: number, depth: number): Blocks {
  const cached = Math.floor(BLOCK_BYTES / roundUp(depth, 16));
  const macs = rows * columns * depth;
  const units = macs < SPLIT_MACS ? 1 : macs < SMALL_MACS ? UNITS / 2 : UNITS;
  const fair = Math.ceil(rows / units);
  const blockRows = fair < TILE_ROWS ? Math.min(TILE_ROWS, rows) : Math.max(TILE_ROWS, Math.floor(Math.min(cached, fair) / TILE_ROWS) * TILE_ROWS);
  const rowBlocks = Math.ceil(rows / blockRows);
  const share = Math.ceil(columns / Math.ceil(units / rowBlocks));
  const least = rows < TILE_ROWS ? PANEL_COLUMNS : MIN_SPLIT_COLUMNS;
  const blockColumns = Math.min(roundUp(Math.max(share, least), PANEL_COLUMNS), roundUp(columns, PANEL_COLUMNS));
  return { rows: blockRows, columns: blockColumns, units: rowBlocks * Math.ceil(columns / blockColumns) };
}

/** Block of an elementwise loop over `count` elements: a multiple of 64. */
export function elementBlock(count: number): number {
  return roundUp(Math.min(16384, Math.max(1024, Math.ceil(count / UNITS))), 64);
}
