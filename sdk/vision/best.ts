/** Compares scores: greatest first, those that are no numbers last. */
export function byScore(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a === b ? 0 : b - a;
}

/** Index from `first` of the greatest of `count` scores, the first of equal ones; one that is no number only where all are none. */
export function bestOf(value: (at: number) => number, first: number, count: number): number {
  let best = 0;
  let greatest = value(first);
  for (let index = 1; index < count; index++) {
    const score = value(first + index);
    if (score > greatest || (Number.isNaN(greatest) && !Number.isNaN(score))) [best, greatest] = [index, score];
  }
  return best;
}
