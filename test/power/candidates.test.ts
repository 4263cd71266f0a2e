import { describe, expect, it } from 'vitest';
import { boardWatts, candidatesOf } from '../../sdk/power/candidates.ts';

const choices = {
  variants: [{ name: 'large', accuracy: 0.7, latency: [0.3, 0.16] }, { name: 'small', accuracy: 0.5, latency: [0.03, 0.02] }],
  power: { idle: 0.6, core: 0.4, off: 0.03 }, cores: 2, rates: [1, 5], deadline: 0.25,
};

describe('candidates', () => {
  it('begin with idle and keep the deadline and their rate', () => {
    const candidates = candidatesOf(choices);
    expect(candidates[0]).toMatchObject({ variant: -1, rate: 0, off: 0, energy: 0 });
    expect(candidates.slice(1).map(({ variant, threads, rate, gated }) => [variant, threads, rate, gated])).toEqual([
      [0, 2, 1, true], [0, 2, 1, false], [0, 2, 5, true], [0, 2, 5, false],
      [1, 1, 1, true], [1, 1, 1, false], [1, 1, 5, true], [1, 1, 5, false],
      [1, 2, 1, true], [1, 2, 1, false], [1, 2, 5, true], [1, 2, 5, false],
    ]);
    expect(candidates[1]!.energy).toBeCloseTo(0.16 * 2 * 0.4, 12);
  });

  it('count the start in being powered off', () => {
    const off = candidatesOf({ ...choices, wake: { seconds: [300], boot: 30 } }).at(-1)!;
    expect(boardWatts(off, 1, choices.power)).toBeCloseTo((270 * 0.03 + 30 * 1) / 300, 12);
  });

  it('are refused with a wake source on a board that has no power to be off with', () => {
    const power = { idle: 0.6, core: 0.4 };
    expect(() => candidatesOf({ ...choices, power, wake: { seconds: [300], boot: 30 } })).toThrow(/wake: found a wake source on a board without power.off/);
  });
});
