import { describe, expect, test } from 'vitest';
import { peers } from './peers/index.ts';
import { keyOf } from './results.ts';
import { schedule } from './schedule.ts';

const scope = { rounds: 3, nets: ['a', 'b'], nodes: [20, 24], threads: [1, 2], peers };

describe('schedule', () => {
  test('runs everything once a round', () => {
    const slots = schedule(scope);
    const rounds = [0, 1, 2].map((round) => slots.filter((slot) => slot.round === round).map(keyOf).sort());
    expect(new Set(rounds[0]).size).toBe(rounds[0]!.length);
    expect(rounds[1]).toEqual(rounds[0]);
    expect(rounds[2]).toEqual(rounds[0]);
  });

  test('what is compared runs back to back, each round from another start', () => {
    const slots = schedule(scope);
    const groups = slots.map(({ round, net, threads }) => `${round} ${net} ${threads}`);
    expect(groups.filter((group, index) => group !== groups[index - 1])).toEqual([...new Set(groups)]);
    const starts = [0, 1, 2].map((round) => keyOf(slots.find((slot) => slot.round === round && slot.net === 'a' && slot.threads === 1)!));
    expect(new Set(starts).size).toBe(3);
  });

  test('leaves out what does not exist: relaxed SIMD on Node 20, runSync and the build without threads on two cores', () => {
    const ids = (node: number, threads: number): string[] =>
      schedule({ ...scope, rounds: 1, nets: ['a'], nodes: [node], threads: [threads] }).map(({ peer }) => peer.id);
    expect(ids(20, 1)).not.toContain('litert-relaxed');
    expect(ids(24, 2)).toContain('litert-relaxed');
    expect(ids(24, 2)).not.toContain('litert-compat');
    expect(ids(20, 2)).not.toContain('halfbyte');
    expect(ids(20, 2)).toContain('halfbyte-run');
  });
});
