import { expect, it } from 'vitest';
import { cross, pairwise } from './pairwise.ts';

it('makes every two levels of different factors meet, in few rows', () => {
  const levels = [2, 2, 5, 5];
  const rows = pairwise(levels);
  for (const [a, b] of [[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]] as const) {
    expect(new Set(rows.map((row) => `${row[a]} ${row[b]}`)).size).toBe(levels[a]! * levels[b]!);
  }
  expect(rows.length).toBeLessThanOrEqual(28);
  expect(cross(levels)).toHaveLength(100);
});
