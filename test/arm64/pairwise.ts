type Levels = readonly number[];

/** All combinations of one level of each factor. */
export function cross(levels: Levels): number[][] {
  return levels.reduce<number[][]>((rows, count) => rows.flatMap((row) => Array.from({ length: count }, (_, level) => [...row, level])), [[]]);
}

function pairsOf(row: readonly number[]): string[] {
  return row.flatMap((level, factor) => row.slice(factor + 1).map((other, index) => `${factor}:${level} ${factor + 1 + index}:${other}`));
}

/**
 * Few rows in which every two levels of different factors meet: each row is the combination with most pairs not met yet.
 * @param levels number of levels of each factor
 */
export function pairwise(levels: Levels): number[][] {
  const candidates = cross(levels).map((row) => ({ row, pairs: pairsOf(row) }));
  const open = new Set(candidates.flatMap(({ pairs }) => pairs));
  const rows: number[][] = [];
  while (open.size > 0) {
    let best = candidates[0]!;
    let most = 0;
    for (const candidate of candidates) {
      const met = candidate.pairs.filter((pair) => open.has(pair)).length;
      if (met > most) [best, most] = [candidate, met];
    }
    for (const pair of best.pairs) open.delete(pair);
    rows.push(best.row);
  }
  return rows;
}
