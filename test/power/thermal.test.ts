import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { advancePoles, settledRise } from '../../sdk/power/thermal.ts';

const POLES = [{ resistance: 22, seconds: 210 }, { resistance: 8, seconds: 1500 }];

function after(start: readonly number[], watts: number, seconds: number, steps: number): number[] {
  const state = Float64Array.from(start);
  for (let step = 0; step < steps; step++) advancePoles(POLES, state, watts, seconds / steps, state);
  return [...state];
}

describe('thermal poles', () => {
  it('advance to the same temperatures in one step or many', () => {
    fc.assert(fc.property(fc.double({ min: 0, max: 10, noNaN: true }), fc.integer({ min: 1, max: 10_000 }), fc.integer({ min: 1, max: 50 }), (watts, seconds, steps) => {
      after([5, 3], watts, seconds, steps).forEach((kelvin, pole) => { expect(kelvin).toBeCloseTo(after([5, 3], watts, seconds, 1)[pole]!, 8); });
    }));
  });

  it('settle at resistance times power and rise with power and with where they start', () => {
    expect(after([0, 0], 2, 1e6, 1)).toEqual([44, 16]);
    expect(settledRise(POLES, 2)).toBe(60);
    fc.assert(fc.property(fc.double({ min: 0, max: 5, noNaN: true }), fc.double({ min: 0, max: 5, noNaN: true }), (watts, more) => {
      const [cool, warm, powered] = [after([1, 1], watts, 60, 1), after([1 + more, 1], watts, 60, 1), after([1, 1], watts + more, 60, 1)];
      expect(warm[0]).toBeGreaterThanOrEqual(cool[0]!);
      expect(powered[0]).toBeGreaterThanOrEqual(cool[0]!);
    }));
  });
});
