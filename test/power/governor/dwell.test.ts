import { describe, expect, it } from 'vitest';
import { Dwell, MOST_SWITCHES } from '../../../sdk/power/governor/dwell.ts';
import type { Situation } from '../../../sdk/power/policies/types.ts';

const DWELL = 10;
const FREE = { price: 0 };
/** Idle, then variant and rate by rising power. */
const CANDIDATES = [[-1, 0], [0, 1], [0, 2], [1, 1], [1, 2]].map(([variant, rate]) => ({ variant, rate, threads: 1, off: 0 }));

function started(): { choose: (wanted: number, time: number, allowed?: number[]) => number; dwell: Dwell } {
  const dwell = new Dwell(DWELL, 0);
  let current = 0;
  const choose = (wanted: number, time: number, allowed = [1, 1, 1, 1, 1]): number => {
    const situation = { candidates: CANDIDATES, current, time, allowed: Uint8Array.from(allowed), watts: Float64Array.of(0, 1, 2, 3, 4), worth: Float64Array.of(0, 1, 2, 3, 4) };
    current = dwell.choose(wanted, situation as unknown as Situation, FREE);
    return current;
  };
  return { choose, dwell };
}

describe('the dwell', () => {
  it('lets rates, idling and going on with the same variant change at once', () => {
    const { choose, dwell } = started();
    expect([choose(1, 0), choose(2, 1), choose(0, 2), choose(2, 3), choose(1, 4)]).toEqual([1, 2, 0, 2, 1]);
    expect(dwell.held).toBe(false);
  });

  it('holds a switch to more power after one, at the best rate of what runs, but none to less', () => {
    const { choose, dwell } = started();
    choose(3, 0);
    expect(choose(1, 1)).toBe(1);
    expect([choose(4, 2), dwell.held]).toEqual([2, true]);
    expect([choose(4, 1 + DWELL), dwell.held]).toEqual([4, false]);
    expect(choose(2, 2 + DWELL)).toBe(2);
  });

  it('never switches more often than the most, then does what needs none, at last nothing', () => {
    const { choose } = started();
    const cold = [1, 1, 1, 1, 1];
    const large = [1, 0, 0, 1, 1];
    const small = [1, 1, 1, 0, 0];
    choose(3, 0);
    const found = Array.from({ length: 10 }, (_, index) => choose(index % 2 === 0 ? 1 : 3, 1 + index, index % 2 === 0 ? small : large));
    expect(found).toEqual([1, 3, 1, 3, 1, 3, 0, 3, 0, 3]);
    expect(found.slice(0, 6).filter((row, index) => index === 0 || CANDIDATES[row]!.variant !== CANDIDATES[found[index - 1]!]!.variant)).toHaveLength(MOST_SWITCHES);
    expect(choose(1, 30, cold)).toBe(4);
    expect(choose(1, 70, cold)).toBe(1);
  });
});
