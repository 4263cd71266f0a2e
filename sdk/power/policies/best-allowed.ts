import type { Policy, Situation } from './types.ts';

/** What costs nothing. */
export const FREE: Pick<Policy, 'price'> = Object.freeze({ price: 0 });

/** The allowed candidate that stays on with the highest worth less price times energy; of equals the one with less power. */
export function bestAllowed({ candidates, allowed, watts, worth }: Situation, { price }: Pick<Policy, 'price'>): number {
  let best = -1;
  let bestScore = -Infinity;
  for (let index = 0; index < allowed.length; index++) {
    if (allowed[index] === 0 || candidates[index]!.off > 0) continue;
    const score = worth[index]! - price * watts[index]!;
    if (score > bestScore || (score === bestScore && watts[index]! < watts[best]!)) {
      best = index;
      bestScore = score;
    }
  }
  return best;
}

/** Of the allowed candidates up to `last`, that with the most power; the least powerful allowed one if there is none. */
export function allowedUpTo({ allowed }: Situation, last: number): number {
  for (let index = last; index >= 0; index--) if (allowed[index] === 1) return index;
  return allowed.indexOf(1);
}
