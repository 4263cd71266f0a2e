import { expect, it } from 'vitest';
import { cross, pairwise } from './pairwise.ts';

const PAIRS = [[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]] as const;

function metBy(rows: readonly number[][], [a, b]: readonly [number, number]): Set<string> {
  return new Set(rows.map((row) => `${row[a]} ${row[b]}`));
}

it('makes every two levels of different factors meet, in few rows', () => {
  const levels = [2, 2, 5, 5];
  const rows = pairwise(levels);
  for (const [a, b] of PAIRS) expect(metBy(rows, [a, b]).size).toBe(levels[a]! * levels[b]!);
  expect(rows.length).toBeLessThanOrEqual(28);
  expect(cross(levels)).toHaveLength(100);
});

it('keeps to the combinations there are', () => {
  const levels = [3, 2, 5, 5];
  const allowed = (row: readonly number[]): boolean => row[0] !== 0 || row[2]! < 2;
  const rows = pairwise(levels, allowed);
  expect(rows.filter((row) => !allowed(row))).toEqual([]);
  for (const pair of PAIRS) expect(metBy(rows, pair)).toEqual(metBy(cross(levels).filter(allowed), pair));
});
