import { describe, expect, it } from 'vitest';
import { CandidateTable } from '../../../sdk/power/governor/candidate-table.ts';
import { governorSettings } from '../../../sdk/power/governor/options.ts';
import { EnergyPrice } from '../../../sdk/power/policies/energy-price.ts';
import type { Situation } from '../../../sdk/power/policies/types.ts';
import { optionsOf, POWER } from '../governor/plant.ts';

const HOUR = 3600;
const CAPACITY = 72_000;

function situation(change: Partial<Situation>): Situation {
  return { ...new CandidateTable(governorSettings(optionsOf())).situation, capacity: CAPACITY, ...change };
}

describe('the price of energy', () => {
  it('is in proportion to what the battery lacks, next to nothing on mains, and as of an empty battery where the charge is unknown', () => {
    const at = (change: Partial<Situation>): number => {
      const energy = new EnergyPrice();
      energy.update(situation(change));
      return energy.price;
    };
    expect(at({ charge: 0.4 })).toBeCloseTo(3 * at({ charge: 0.8 }), 9);
    expect(at({ charge: 1 })).toBe(0);
    expect(at({ capacity: 0 })).toBeLessThan(at({ charge: 0.8 }));
    expect(at({ charge: NaN })).toBeGreaterThan(at({ charge: 0.3 }));
    expect(at({ charge: 0.01 })).toBeGreaterThan(1000 * at({ charge: 0.2 }));
  });

  it('keeps what idling takes until enough is harvested again, as it was the day before', () => {
    const price = new EnergyPrice();
    const sun = (hour: number): number => (hour % 24 >= 6 && hour % 24 < 18 ? 5 : 0);
    const run = (from: number, to: number, charge: number): number => {
      for (let time = from * HOUR; time < to * HOUR; time += 60) price.update(situation({ time, charge, harvest: sun(time / HOUR) }));
      return price.price;
    };
    const night = (12 * HOUR * POWER.idle) / CAPACITY;
    const first = run(0, 19, night - 0.01);
    const evening = run(19, 24 + 19, night - 0.05);
    const morning = run(24 + 19, 48 + 5, night - 0.05);
    expect(first).toBeLessThan(1);
    expect(evening).toBeGreaterThan(1000 * first);
    expect(morning).toBeLessThan(1);
  });

  it('asks up to twice as much where the battery would not last for two days as poor as half of the last one', () => {
    const at = (watts: number): number => {
      const price = new EnergyPrice();
      for (let time = 0; time < 36 * HOUR; time += 60) {
        const hour = (time / HOUR) % 24;
        price.update(situation({ time, charge: 0.6, harvest: hour >= 6 && hour < 18 ? watts : 0 }));
      }
      return price.price;
    };
    const ratio = at(1.6 * POWER.idle) / at(20 * POWER.idle);
    expect(ratio).toBeGreaterThan(1.3);
    expect(ratio).toBeLessThanOrEqual(2);
  });
});
