import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CandidateTable } from '../../../sdk/power/governor/candidate-table.ts';
import { ExpectedMotion } from '../../../sdk/power/governor/expected-motion.ts';
import { governorSettings } from '../../../sdk/power/governor/options.ts';
import { policies } from '../../../sdk/power/policies/index.ts';
import type { Situation } from '../../../sdk/power/policies/types.ts';
import { optionsOf, WITH_OFF } from '../governor/plant.ts';

function situation(motion: number, weight: number): Situation {
  const table = new CandidateTable(governorSettings(optionsOf({ candidates: WITH_OFF, battery: { capacity: 72_000 } })));
  table.value(Object.assign(new ExpectedMotion(), { motion, weight }));
  return Object.assign(table.situation, { motion, usualMotion: 0.3 });
}

const share = fc.double({ min: 0, max: 1, noNaN: true });
const maybe = (value: fc.Arbitrary<number>): fc.Arbitrary<number> => fc.oneof(value, fc.constant(NaN));
const state = fc.record({
  motion: share, weight: fc.double({ min: 0, max: 5, noNaN: true }), charge: maybe(share), harvest: maybe(fc.double({ min: 0, max: 10, noNaN: true })),
  slack: fc.double({ min: -20, max: 50, noNaN: true }), capacity: fc.constantFrom(0, 72_000), mask: fc.integer({ min: 0 }),
});

describe.each(policies)('policy $name', (kind) => {
  it('chooses an allowed candidate whatever is missing', () => {
    fc.assert(fc.property(fc.array(state, { minLength: 1, maxLength: 20 }), (states) => {
      const policy = kind.create();
      states.forEach(({ motion, weight, mask, ...rest }, index) => {
        const now = situation(motion, weight);
        const staysOn = now.candidates.flatMap(({ off }, row) => (off > 0 ? [] : [row]));
        now.allowed.forEach((_, row) => { now.allowed[row] = row === staysOn[mask % staysOn.length] || (mask >> row % 31) & 1 ? 1 : 0; });
        const choice = policy.choose(Object.assign(now, rest, { time: 5 * index }));
        expect(now.allowed[choice]).toBe(1);
        expect(policy.price).toBeGreaterThanOrEqual(0);
      });
    }), { numRuns: 50 });
  });
});

describe('policies that claim to be monotone', () => {
  it.each(policies.flatMap((kind) => kind.monotone.map((quantity) => ({ name: kind.name, kind, quantity }))))('$name never takes less power with more $quantity', (
    { kind, quantity },
  ) => {
    const powerAt = (changes: Partial<Situation>): number => {
      const now = situation(1, 1);
      now.allowed.fill(1);
      return now.watts[kind.create().choose(Object.assign(now, { capacity: 72_000, charge: 0.5, slack: 20, harvest: 0 }, changes))]!;
    };
    const values = quantity === 'charge' ? [0, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 1] : [-5, 0, 1, 6, 20];
    const powers = values.map((value) => powerAt({ [quantity]: value }));
    expect(powers).toEqual(powers.toSorted((a, b) => a - b));
  });
});

describe('policies', () => {
  it('have names of their own', () => {
    expect(new Set(policies.map(({ name }) => name)).size).toBe(policies.length);
  });

  it('race on more threads than they pace on, at the same worth', () => {
    const now = situation(1, 1);
    now.allowed.fill(1);
    const of = (name: string) => now.candidates[policies.find((policy) => policy.name === name)!.create().choose(now)]!;
    expect(of('race-to-idle')).toMatchObject({ variant: of('pace').variant, rate: of('pace').rate });
    expect(of('race-to-idle').threads).toBeGreaterThan(of('pace').threads);
  });
});
