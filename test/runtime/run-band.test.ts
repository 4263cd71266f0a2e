import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { STEP_WORDS } from '../../sdk/runtime/control.ts';
import { runBand } from '../../sdk/runtime/run-band.ts';

const LEAD = 0;
const PACE = 1;
const FOLLOWER = 2;

describe('a band of steps', () => {
  it('computes every block after all rows it reads, whatever the sizes and the number of threads', () => {
    const size = fc.integer({ min: 1, max: 30 });
    fc.assert(fc.property(size, size, size, fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 5 }), fc.boolean(), (
      leadUnitCount, leadRows, blockRows, blockUnits, leadUnits, active, hasLead,
    ) => {
      const rows = leadUnitCount * leadRows;
      const blocks = Math.ceil(rows / blockRows);
      const lead = hasLead ? [[LEAD, 0, leadUnitCount, active, 3, 1, blockUnits, blockRows, leadRows, leadUnits, 0]] : [];
      const pace = [PACE, 0, blocks * blockUnits, active, 2, 0, blockUnits, blockRows, 0, 0, 0];
      const table = Int32Array.from([...lead, pace, [FOLLOWER, 0, blocks, active, 1, 0, 0, 0, 0, 0, 0]].flat());
      expect(table.length % STEP_WORDS).toBe(0);
      const computed = [new Set<number>(), new Set<number>()];
      for (let thread = 0; thread < active; thread++) {
        const led = new Set<number>();
        const own = new Set<number>();
        const kernels = [
          (_params: number, _scratch: number, begin: number, end: number) => {
            expect(begin).toBeLessThan(end);
            expect(end).toBeLessThanOrEqual(leadUnitCount);
            for (let row = begin * leadRows; row < end * leadRows; row++) led.add(row);
          },
          (_params: number, _scratch: number, begin: number, end: number) => {
            expect([begin % blockUnits, end - begin]).toEqual([0, blockUnits]);
            const block = begin / blockUnits;
            if (hasLead) for (let row = block * blockRows; row < Math.min(rows, (block + 1) * blockRows); row++) expect(led.has(row)).toBe(true);
            own.add(block);
            computed[0]!.add(block);
          },
          (_params: number, _scratch: number, begin: number, end: number) => {
            expect([end - begin, own.has(begin), computed[1]!.has(begin)]).toEqual([1, true, false]);
            computed[1]!.add(begin);
          },
        ];
        runBand(kernels, table, 0, 0, thread, active);
      }
      expect(computed.map(({ size: count }) => count)).toEqual([blocks, blocks]);
    }));
  });

  it('runs each step as a whole on a single thread where the cache holds what it hands on', () => {
    const table = Int32Array.from([[LEAD, 0, 6, 2, 3, 1, 2, 3, 1, 2, 1], [PACE, 0, 4, 2, 1, 0, 0, 0, 0, 0, 0], [FOLLOWER, 0, 2, 2, 1, 0, 0, 0, 0, 0, 0]].flat());
    const callsOf = (active: number): number[][] => {
      const calls: number[][] = [];
      const kernels = [LEAD, PACE, FOLLOWER].map((kernel) => (_params: number, _scratch: number, begin: number, end: number) => void calls.push([kernel, begin, end]));
      runBand(kernels, table, 0, 0, 0, active);
      return calls;
    };
    expect(callsOf(1)).toEqual([[LEAD, 0, 6], [PACE, 0, 4], [FOLLOWER, 0, 2]]);
    expect(callsOf(2)).toEqual([[LEAD, 0, 2], [LEAD, 2, 3], [PACE, 0, 2], [FOLLOWER, 0, 1]]);
  });
});
