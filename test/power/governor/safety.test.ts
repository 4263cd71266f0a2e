import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Governor } from '../../../sdk/power/governor/governor.ts';
import { policies } from '../../../sdk/power/policies/index.ts';
import type { Reading } from '../../../sdk/power/types.ts';
import { CANDIDATES, celsius, observation, optionsOf, Plant, POWER, reading, THERMAL } from './plant.ts';

const SLOT = 5;
const BUSY = 4 * POWER.core;
const RESISTANCE = THERMAL.poles.reduce((sum, { resistance }) => sum + resistance, 0);

interface Course {
  readonly policy?: string;
  readonly ambient: (time: number) => number;
  readonly heat?: (time: number) => number;
  readonly resistance?: number;
  readonly seconds?: number;
  /** Kelvin that own load heats the chip by within a second, and the seconds of motion and of none. */
  readonly jump?: number;
  readonly motion?: number;
  readonly slots?: number;
  /** Kelvin that the thermometer counts in. */
  readonly step?: number;
  readonly readings?: (celsius: number, time: number) => readonly Reading[];
}

/** The hottest temperature of a governed plant, whose poles are the nominal ones times factors, and the slots without a temperature that was trusted. */
function hottestOf({
  policy = 'fixed', ambient, heat = () => 0, resistance = 1, seconds = 1, jump = 0, motion = Infinity, slots = 1500, step = 0.5, readings = (value) => [celsius(value)],
}: Course): { hottest: number; governor: Governor; plant: Plant; mean: number; distrusted: number } {
  const governor = new Governor(optionsOf({ policy, maxAmbient: 57 }));
  const poles = THERMAL.poles.map((pole) => ({ resistance: pole.resistance * resistance, seconds: pole.seconds * seconds }));
  const plant = new Plant([...poles, { resistance: jump / BUSY, seconds: 1 }], ambient(0));
  let hottest = -Infinity;
  let mean = 0;
  let distrusted = 0;
  for (let slot = 0; slot < slots; slot++) {
    plant.ambient = ambient(slot * SLOT);
    plant.heat = heat(slot * SLOT);
    const measured = step * Math.round(plant.temperature / step);
    const moves = (time: number): number => (Math.floor(time / motion) % 2 === 0 ? 1 : 0);
    const candidate = CANDIDATES[governor.decide(observation(slot * SLOT, readings(measured, slot * SLOT), { motion: moves((slot - 1) * SLOT) }))]!;
    if (governor.decision.trusted === 0) distrusted++;
    mean += (candidate.rate * candidate.energy) / slots;
    hottest = Math.max(hottest, plant.run(candidate, moves(slot * SLOT), SLOT));
  }
  return { hottest, governor, plant, mean, distrusted };
}

const factor = fc.double({ min: 0.87, max: 1.15, noNaN: true });

describe('the safe set is invariant', () => {
  it('whatever the resistance, the capacity and the surroundings within the interval, for the greediest policies', () => {
    const name = fc.constantFrom(...policies.map((policy) => policy.name));
    fc.assert(fc.property(name, factor, factor, fc.double({ min: 0, max: 1, noNaN: true }), (policy, resistance, seconds, share) => {
      const ambient = 10 + share * (THERMAL.limit - resistance * RESISTANCE * POWER.idle - 5 - 10);
      expect(hottestOf({ policy, ambient: () => ambient, resistance, seconds: resistance * seconds }).hottest).toBeLessThanOrEqual(THERMAL.limit);
    }), { numRuns: 40 });
  });

  it('with heat from elsewhere that comes and goes, up to 0.3 of the busiest power', () => {
    fc.assert(fc.property(fc.double({ min: 0, max: 0.3, noNaN: true }), fc.integer({ min: 60, max: 3600 }), factor, (share, period, resistance) => {
      const heat = share * BUSY;
      const ambient = THERMAL.limit - resistance * RESISTANCE * (POWER.idle + heat) - 5;
      const course = { ambient: () => ambient, heat: (time: number) => (Math.floor(time / period) % 2 === 1 ? heat : 0), resistance, seconds: resistance };
      expect(hottestOf(course).hottest).toBeLessThanOrEqual(THERMAL.limit);
    }), { numRuns: 40 });
  });

  it('on a chip that its own load heats by 2 to 4 K within a second, whose thermometer stays trusted', () => {
    const name = fc.constantFrom('fixed', 'pace', 'price', 'race-to-idle');
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(fc.property(name, factor, factor, share, fc.double({ min: 2, max: 4, noNaN: true }), fc.integer({ min: 5, max: 1000 }), (policy, resistance, seconds, warm, jump, motion) => {
      const ambient = 10 + warm * (THERMAL.limit - (resistance * RESISTANCE + jump / BUSY) * POWER.idle - 5 - 10);
      const { hottest, distrusted } = hottestOf({ policy, ambient: () => ambient, resistance, seconds: resistance * seconds, jump, motion });
      expect(hottest).toBeLessThanOrEqual(THERMAL.limit);
      expect(distrusted).toBe(0);
    }), { seed: 11, numRuns: 60 });
  });

  it('uses most of what there is', () => {
    const { mean } = hottestOf({ ambient: () => 45, slots: 4000 });
    expect(mean).toBeGreaterThan(0.7 * ((THERMAL.limit - 45) / RESISTANCE - POWER.idle));
  });
});

describe('any one thermal signal may fail', () => {
  const until = 1000;
  const kinds: Record<string, () => (value: number, time: number) => number> = {
    missing: () => (value, time) => (time > until ? NaN : value),
    stuck: () => { let kept = NaN; return (value, time) => { if (time <= until || Number.isNaN(kept)) kept = value; return kept; }; },
    'stuck from the start': () => { let kept = NaN; return (value) => { if (Number.isNaN(kept)) kept = value; return kept; }; },
    'late by 30 s': () => { const values: number[] = []; return (value) => { values.push(value); return values.at(-7) ?? values[0]!; }; },
    'lying by -15 K': () => (value, time) => (time > until ? value - 15 : value),
    'lying by -2 K': () => (value, time) => (time > until ? value - 2 : value),
    'lying by -1 K': () => (value, time) => (time > until ? value - 1 : value),
    'lying by less than the margin from the start': () => (value) => value - 0.9,
    'lying by 20 K': () => (value, time) => (time > until ? value + 20 : value),
  };

  it.each(Object.entries(kinds))('the only temperature is %s', (_name, fault) => {
    for (const ambient of [25, 45, 57]) {
      const read = fault();
      const { hottest } = hottestOf({ ambient: () => ambient, readings: (value, time) => [celsius(read(value, time))].filter(({ value: seen }) => !Number.isNaN(seen)) });
      expect(hottest).toBeLessThanOrEqual(THERMAL.limit);
    }
  });

  it.each(Object.entries(kinds))('one of two temperatures is %s, with heat from elsewhere', (_name, fault) => {
    const read = fault();
    const readings = (value: number, time: number): Reading[] => [celsius(value, 'a'), celsius(read(value, time), 'b')].filter(({ value: seen }) => !Number.isNaN(seen));
    expect(hottestOf({ ambient: () => 40, heat: (time) => (time > 3000 ? 0.3 * BUSY : 0), readings }).hottest).toBeLessThanOrEqual(THERMAL.limit);
  });

  it.each([
    { policy: 'pace', lie: 2.44, ambient: 49.2, from: 2130 },
    { policy: 'race-to-idle', lie: 1.65, ambient: 46.4, from: 4005 },
    { policy: 'race-to-idle', lie: 1.48, ambient: 25.1, from: 1989 },
    { policy: 'price', lie: 1.24, ambient: 55.1, from: 550 },
  ])('$policy with one that counts in whole degrees and lies by $lie K from a moment at which it counts up', ({ policy, lie, ambient, from }) => {
    for (let offset = -0.1; offset <= 0.1; offset += 0.02) {
      const readings = (value: number, time: number): Reading[] => [celsius(time > from ? value - lie : value)];
      expect(hottestOf({ policy, step: 1, ambient: () => ambient + offset, readings }).hottest).toBeLessThanOrEqual(THERMAL.limit);
    }
  });

  it('whenever it sets in, however much it lies, at any ambient and for any board within the interval', () => {
    const kind = fc.oneof(
      fc.double({ min: 0.2, max: 4, noNaN: true }).map((lie) => (value: number) => value - lie),
      fc.double({ min: 4, max: 60, noNaN: true }).map((lie) => (value: number) => value - lie),
      fc.constant((_value: number, first: number) => first),
    );
    fc.assert(fc.property(kind, fc.integer({ min: 300, max: 4000 }), factor, factor, fc.double({ min: 0, max: 1, noNaN: true }), (fault, from, resistance, seconds, share) => {
      const ambient = 25 + share * (THERMAL.limit - resistance * RESISTANCE * POWER.idle - 5 - 25);
      let first = NaN;
      const readings = (value: number, time: number): Reading[] => {
        if (time < from) return [celsius(value)];
        if (Number.isNaN(first)) first = value;
        return [celsius(fault(value, first))];
      };
      expect(hottestOf({ ambient: () => ambient, resistance, seconds: resistance * seconds, readings }).hottest).toBeLessThanOrEqual(THERMAL.limit);
    }), { seed: 7, numRuns: 60 });
  });

  it('acts for the stated maximum ambient without any, and says so', () => {
    const { hottest, governor, mean } = hottestOf({ ambient: () => 57, readings: () => [] });
    expect(hottest).toBeLessThanOrEqual(THERMAL.limit);
    expect(mean).toBeGreaterThan(0);
    expect(governor.decision).toMatchObject({ ambient: 57, trusted: 0 });
    expect(governor.explain()).toMatch(/no trusted temperature, acting for 57\.0 C around \(maxAmbient 57\)$/);
  });

  it('believes a throttle flag where nothing speaks against it, and not one against two cool temperatures', () => {
    const flag = reading('throttled', 1);
    const chosen = (readings: (slot: number) => readonly Reading[]): number => {
      const governor = new Governor(optionsOf({ policy: 'fixed' }));
      for (let slot = 0; slot < 20; slot++) governor.decide(observation(slot * SLOT, readings(slot)));
      return governor.decision.candidate.variant;
    };
    expect(chosen(() => [flag])).toBe(-1);
    expect(chosen((slot) => [celsius(42 + 0.5 * (slot % 2)), celsius(42.5 + 0.5 * (slot % 2), 'b'), flag])).toBe(0);
  });
});

describe('a limit that cannot be held', () => {
  it('leads to idling within one slot, and is reported', () => {
    const governor = new Governor(optionsOf({ policy: 'fixed', maxAmbient: 57 }));
    const chosen = CANDIDATES[governor.decide(observation(0, [celsius(60 + RESISTANCE * POWER.idle)]))]!;
    expect(chosen.variant).toBe(-1);
    const idleAbove = `limit unreachable at this ambient: above ${(THERMAL.limit - 5 - RESISTANCE * POWER.idle).toFixed(1)} C around this board only idles`;
    expect(governor.explain()).toContain(idleAbove);
    const blind = new Governor(optionsOf({ maxAmbient: 70 }));
    blind.decide(observation(0, []));
    expect(blind.explain()).toBe(`idle; ${idleAbove}; no trusted temperature, acting for 70.0 C around (maxAmbient 70): state a lower maxAmbient where it never gets that hot`);
  });
});
