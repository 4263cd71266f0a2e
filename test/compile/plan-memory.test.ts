import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Abi } from '../../kernels/abi.ts';
import { BUFFER_ALIGNMENT, planMemory } from '../../sdk/compile/plan-memory.ts';
import type { Interval } from '../../sdk/compile/plan-memory.ts';

const interval = fc.record({
  bytes: fc.integer({ min: 1, max: 100_000 }), first: fc.integer({ min: -1, max: 40 }), length: fc.integer({ min: 0, max: 15 }),
})
  .map(({ bytes, first, length }): Interval => ({ bytes, live: [first, first + length] }));

function overlap([firstA, lastA]: readonly [number, number], [firstB, lastB]: readonly [number, number]): boolean {
  return firstA <= lastB && firstB <= lastA;
}

describe('planMemory', () => {
  it('keeps buffers that live together apart, aligned, and readable past their end', () => {
    fc.assert(fc.property(fc.array(interval, { maxLength: 60 }), (buffers) => {
      const { offsets, arenaBytes, lowerBound } = planMemory(buffers);
      buffers.forEach((a, i) => {
        const begin = offsets[i]!;
        expect(begin % BUFFER_ALIGNMENT).toBe(0);
        expect(begin + a.bytes + Abi.READ_PADDING).toBeLessThanOrEqual(arenaBytes);
        buffers.slice(0, i).forEach((b, j) => {
          const apart = begin >= offsets[j]! + b.bytes || offsets[j]! >= begin + a.bytes;
          expect(apart || !overlap(a.live, b.live)).toBe(true);
        });
      });
      const alive = (step: number): number => buffers.reduce((sum, { bytes, live }) => (live[0] <= step && step <= live[1] ? sum + bytes : sum), 0);
      expect(lowerBound).toBe(Math.max(0, ...Array.from({ length: 60 }, (_, index) => alive(index - 1))));
      expect(arenaBytes).toBeGreaterThanOrEqual(lowerBound);
    }), { seed: 3, numRuns: 300 });
  });

  it('does not depend on anything but its arguments', () => {
    fc.assert(fc.property(fc.array(interval, { maxLength: 30 }), (buffers) => {
      expect(planMemory(buffers)).toEqual(planMemory(buffers.map((buffer) => ({ ...buffer }))));
    }), { seed: 4, numRuns: 50 });
  });

  it('reuses the tightest gap', () => {
    const always = [0, 9] as const;
    const buffers: Interval[] = [
      { bytes: 6400, live: always },
      { bytes: 3200, live: [0, 4] },
      { bytes: 1600, live: always },
      { bytes: 1280, live: [0, 4] },
      { bytes: 1216, live: always },
      { bytes: 1200, live: [5, 9] },
    ];
    expect(planMemory(buffers).offsets).toEqual([0, 6400, 9600, 11200, 12480, 11200]);
  });

  it('places buffers again where the first order misses the lower bound', () => {
    // The input of a net, its int8 codes, and the outputs of its first layers: largest first leaves no room for the codes.
    const sizes = [[49152, -1, 6], [49152, 0, 1], [32768, 1, 2], [32768, 2, 3], [65536, 3, 4], [16384, 4, 5], [32768, 5, 6]] as const;
    const { arenaBytes, lowerBound } = planMemory(sizes.map(([bytes, first, last]) => ({ bytes, live: [first, last] })));
    expect(lowerBound).toBe(147456);
    expect(arenaBytes).toBe(lowerBound + Abi.READ_PADDING);
  });

  it('stays near the lower bound for chains with branches', () => {
    const layer = fc.record({ bytes: fc.integer({ min: 1, max: 200 }).map((lines) => lines * BUFFER_ALIGNMENT), reach: fc.constantFrom(1, 1, 1, 1, 3) });
    fc.assert(fc.property(fc.array(layer, { minLength: 3, maxLength: 40 }), (layers) => {
      const { arenaBytes, lowerBound } = planMemory(layers.map(({ bytes, reach }, step) => ({ bytes, live: [step, step + reach] })));
      expect(arenaBytes).toBeLessThanOrEqual(1.25 * lowerBound + Abi.READ_PADDING);
    }), { seed: 5, numRuns: 300 });
  });

  it('refuses more buffers than can be placed in seconds', () => {
    const buffers = Array.from({ length: 20_001 }, (): Interval => ({ bytes: 1, live: [0, 1] }));
    expect(() => planMemory(buffers)).toThrow(expect.objectContaining({
      name: 'PlanError', code: 'too-many-buffers', message: 'the model needs 20001 buffers, at most 20000 can be placed: use a model of fewer operators',
    }));
  });

  it('places thousands of buffers that are all alive', () => {
    const buffers = Array.from({ length: 5000 }, (_, id): Interval => ({ bytes: BUFFER_ALIGNMENT * (id % 7 + 1), live: [0, 1] }));
    const { arenaBytes, lowerBound } = planMemory(buffers);
    expect(arenaBytes).toBe(lowerBound + Abi.READ_PADDING);
  });

  it('takes no memory for no buffers', () => {
    expect(planMemory([])).toEqual({ offsets: [], arenaBytes: 0, lowerBound: 0 });
  });
});
