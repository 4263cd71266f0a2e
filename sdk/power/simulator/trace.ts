import { OptionError } from '../../core/errors.ts';
import type { TraceRow } from './world.ts';

const HEADER = 'seconds,ambient_c,solar_w,motion,weight,extra_heat_w';
const RANGES = [[0, 1e9], [-60, 150], [0, 1e4], [0, 1], [0, 1e6], [0, 1e3]] as const;
const MAX_ROWS = 2_000_000;
const MAX_SECONDS = 365 * 86_400;

/** Reads a simulation trace: CSV with a header, one row a step, seconds increasing. */
export function parseTrace(text: string, file: string): TraceRow[] {
  const [header, ...lines] = text.trim().split(/\r?\n/);
  const wrong = (line: number, found: string, allowed: string) => new OptionError('invalid-trace', `${file}:${line}: found ${found}; allowed: ${allowed}`);
  if (header?.trim() !== HEADER) throw wrong(1, JSON.stringify((header ?? '').slice(0, 80)), `the header ${HEADER}`);
  if (lines.length === 0 || lines.length > MAX_ROWS) throw wrong(2, `${lines.length} rows`, `1 to ${MAX_ROWS}`);
  const names = HEADER.split(',');
  let before = -Infinity;
  let first: number | undefined;
  return lines.map((line, index) => {
    const cells = line.split(',');
    if (cells.length !== names.length) throw wrong(index + 2, `${cells.length} columns`, `${names.length}: ${HEADER}`);
    const values = cells.map((cell, column) => {
      const value = cell.trim() === '' ? NaN : Number(cell);
      const [min, max] = RANGES[column]!;
      if (!(value >= min && value <= max)) throw wrong(index + 2, `${names[column]!} ${JSON.stringify(cell.slice(0, 40))}`, `a number from ${min} to ${max}`);
      return value;
    });
    const [seconds, ambient, solar, motion, weight, extraHeat] = values as [number, number, number, number, number, number];
    if (seconds <= before) throw wrong(index + 2, `${seconds} s after ${before} s`, 'seconds that increase from row to row');
    first ??= seconds;
    if (seconds - first > MAX_SECONDS) throw wrong(index + 2, `${seconds - first} s after the first row`, `at most ${MAX_SECONDS} s, a year`);
    before = seconds;
    return { seconds, ambient, solar, motion, weight, extraHeat };
  });
}
