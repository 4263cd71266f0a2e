import { OptionError } from '../../core/errors.ts';
import type { TraceRow } from './world.ts';

const HEADER = 'seconds,ambient_c,solar_w,motion,weight,extra_heat_w';
const COLUMNS = HEADER.split(',');
const RANGES = [[0, 1e9], [-60, 150], [0, 1e4], [0, 1], [0, 1e6], [0, 1e3]] as const;
const MAX_ROWS = 2_000_000;
const MAX_SECONDS = 365 * 86_400;

export function invalidTrace(place: string, found: string, allowed: string): OptionError {
  return new OptionError('invalid-trace', `${place}: found ${found}; allowed: ${allowed}`);
}

/** Adds a row to those before it: `texts` are its values as found at `place`. @throws OptionError for values out of range and seconds that do not increase */
export function addRow(rows: TraceRow[], values: readonly number[], texts: readonly string[], place: string): void {
  values.forEach((value, column) => {
    const [min, max] = RANGES[column]!;
    if (!(value >= min && value <= max)) throw invalidTrace(place, `${COLUMNS[column]!} ${JSON.stringify(texts[column]!.slice(0, 40))}`, `a number from ${min} to ${max}`);
  });
  const [seconds, ambient, solar, motion, weight, extraHeat] = values as [number, number, number, number, number, number];
  const [first, last] = [rows[0], rows.at(-1)];
  if (last && seconds <= last.seconds) throw invalidTrace(place, `${seconds} s after ${last.seconds} s`, 'seconds that increase from row to row');
  if (first && seconds - first.seconds > MAX_SECONDS) throw invalidTrace(place, `${seconds - first.seconds} s after the first row`, `at most ${MAX_SECONDS} s, a year`);
  rows.push({ seconds, ambient, solar, motion, weight, extraHeat });
}

/** Reads a simulation trace: CSV with a header, one row a step, seconds increasing. */
export function parseTrace(text: string, file: string): TraceRow[] {
  const [header, ...lines] = text.trim().split(/\r?\n/);
  if (header?.trim() !== HEADER) throw invalidTrace(`${file}:1`, JSON.stringify((header ?? '').slice(0, 80)), `the header ${HEADER}, or the log of a governor`);
  if (lines.length === 0 || lines.length > MAX_ROWS) throw invalidTrace(`${file}:2`, `${lines.length} rows`, `1 to ${MAX_ROWS}`);
  const rows: TraceRow[] = [];
  lines.forEach((line, index) => {
    const place = `${file}:${index + 2}`;
    const cells = line.split(',');
    if (cells.length !== COLUMNS.length) throw invalidTrace(place, `${cells.length} columns`, `${COLUMNS.length}: ${HEADER}`);
    addRow(rows, cells.map((cell) => (cell.trim() === '' ? NaN : Number(cell))), cells, place);
  });
  return rows;
}
