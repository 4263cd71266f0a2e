type Levels = readonly number[];

/** All combinations of one level of each factor. */
export function cross(levels: Levels): number[][] {
  return levels.reduce<number[][]>((rows, count) => rows.flatMap((row) => Array.from({ length: count }, (_, level) => [...row, level])), [[]]);
}

/** A prime beyond the numbers of levels: consecutive starts differ in all factors. */
const SPREAD = 7919;

/** A number for every two levels of different factors in a row. */
function pairsOf(row: readonly number[], levels: Levels): number[] {
  const offsets = levels.map((_, factor) => levels.slice(0, factor).reduce((sum, count) => sum + count, 0));
  const all = levels.reduce((sum, count) => sum + count, 0);
  return row.flatMap((level, factor) => row.slice(factor + 1).map((other, index) => (offsets[factor]! + level) * all + offsets[factor + 1 + index]! + other));
}

/**
 * Few rows in which every two levels of different factors meet that can meet: each row is the combination with most pairs not met yet.
 * @param levels number of levels of each factor
 * @param allowed which combinations there are
 */
export function pairwise(levels: Levels, allowed: (row: readonly number[]) => boolean = () => true): number[][] {
  const candidates = cross(levels).filter(allowed).map((row) => ({ row, pairs: pairsOf(row, levels) }));
  const open = new Set(candidates.flatMap(({ pairs }) => pairs));
  const rows: number[][] = [];
  while (open.size > 0) {
    // Ties go round, so that no level is taken much more often than the others of its factor.
    const start = rows.length * SPREAD;
    let best = candidates[0]!;
    let most = 0;
    for (let index = 0; index < candidates.length; index++) {
      const candidate = candidates[(start + index) % candidates.length]!;
      let met = 0;
      for (const pair of candidate.pairs) if (open.has(pair)) met++;
      if (met > most) [best, most] = [candidate, met];
    }
    for (const pair of best.pairs) open.delete(pair);
    rows.push(best.row);
  }
  return rows;
}
