import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { candidatesOf } from '../../../sdk/power/candidates.ts';
import { Governor, replay } from '../../../sdk/power/governor/governor.ts';
import type { GovernorOptions } from '../../../sdk/power/governor/options.ts';
import { CANDIDATES, celsius, observation, optionsOf, Plant, POWER, reading, THERMAL, VARIANTS } from './plant.ts';

const SLOT = 5;
/** A sound thermometer of a cool board. */
const cool = (slot: number) => celsius(40 + 0.5 * (slot % 2));

/** What a governor chooses in the last of `slots` slots. */
function last(options: Partial<GovernorOptions>, slots: number, at: (slot: number) => Parameters<Governor['decide']>[0]): Governor {
  const governor = new Governor(optionsOf(options));
  for (let slot = 0; slot < slots; slot++) governor.decide(at(slot));
  return governor;
}

describe('after one odd value the governor goes on', () => {
  it.each([50, 1e6, Infinity])('a latency %d times the expected one, which refuses everything for a while', (slowdown) => {
    const governor = last({ candidates: CANDIDATES.filter(({ variant }) => variant <= 0), deadline: 0.35 }, 2000, (slot) => {
      return observation(slot * SLOT, [cool(slot)], { slowdown: slot === 20 ? slowdown : NaN });
    });
    expect(governor.decision.candidate.variant).toBe(0);
    expect(governor.decision.slowdown).toBeCloseTo(1, 1);
  });

  it.each([20, 1000, 1e160])('one inference %d times as slow as expected costs nothing; a second one is believed', (slowdown) => {
    const chosen = (slow: number): string[] => {
      const governor = new Governor(optionsOf({ policy: 'pace', deadline: 0.4 }));
      return Array.from({ length: 120 }, (_, slot) => {
        governor.decide(observation(slot * SLOT, [cool(slot)], { slowdown: slot >= 60 && slot < 60 + slow ? slowdown : 1 }));
        return governor.decision.candidate.name!;
      });
    };
    expect(chosen(1).slice(50)).toEqual(chosen(0).slice(50));
    expect(chosen(2).slice(50, 64)).not.toEqual(chosen(0).slice(50, 64));
  });

  it('an event of infinite weight', () => {
    const governor = last({}, 100, (slot) => observation(slot * SLOT, [celsius(78 + 0.5 * (slot % 2))], { weight: slot === 20 ? Infinity : 1 }));
    expect(governor.decision.price).toBeGreaterThan(0);
  });

  it('a clock that was set back by two hours', () => {
    const governor = last({ deadline: 0.5 }, 400, (slot) => {
      return observation(slot * SLOT + (slot < 200 ? 7200 : 0), [cool(slot)], { slowdown: slot > 180 && slot < 205 ? 4 : 1 });
    });
    expect(governor.decision.candidate.variant).toBe(0);
    expect(governor.decision.binding).not.toBe('dwell');
  });

  it('a clock that is set back again and again: the thermometer stays trusted, the limit is kept, and the log replays', () => {
    fc.assert(fc.property(fc.array(fc.record({ slots: fc.integer({ min: 1, max: 200 }), back: fc.integer({ min: 1, max: 1e9 }) }), { maxLength: 8 }), fc.integer({ min: 20, max: 50 }), (steps, ambient) => {
      const lines: string[] = [];
      const governor = new Governor(optionsOf({ log: (line) => void lines.push(line) }));
      const plant = new Plant(THERMAL.poles, ambient);
      let time = 1e9;
      for (const { slots, back } of [...steps, { slots: 20, back: 0 }]) {
        for (let slot = 0; slot < slots; slot++, time += SLOT) {
          const choice = governor.decide(observation(time, [celsius(Math.round(2 * plant.temperature) / 2)]));
          expect(governor.decision.trusted).toBe(1);
          expect(plant.run(CANDIDATES[choice]!, 1, SLOT)).toBeLessThanOrEqual(THERMAL.limit);
        }
        time -= back;
      }
      const { decisions, logged } = replay(lines);
      expect(decisions).toEqual(logged);
    }), { seed: 5, numRuns: 30 });
  });

  it('a slow minute without a thermometer: it acts for the stated maximum again', () => {
    const governor = last({ maxAmbient: 30 }, 4000, (slot) => observation(slot * SLOT, [], { slowdown: slot > 20 && slot < 40 ? 1.5 : 1 }));
    expect(governor.decision).toMatchObject({ ambient: 30, unreachable: false });
    expect(governor.decision.candidate.variant).toBeGreaterThanOrEqual(0);
  });

  it('a thermometer that truly fell by more than any heat ends with is heard again', () => {
    const governor = last({ maxAmbient: 57 }, 400, (slot) => observation(slot * SLOT, [celsius((slot < 200 ? 60 : 50) + 0.5 * (slot % 2))]));
    expect(governor.decision.trusted).toBe(1);
  });
});

describe('a battery that is charged from mains', () => {
  it('is as full as it says, however long it does', () => {
    const governor = last({ battery: { capacity: 72_000 } }, 6000, (slot) => {
      return observation(slot * SLOT, [cool(slot), reading('battery-charge', 1), ...(slot < 5999 ? [reading('mains-present', 1)] : [])]);
    });
    expect(governor.decision.charge).toBe(1);
    expect(governor.decision.candidate.variant).toBeGreaterThanOrEqual(0);
  });
});

describe('a battery gauge that stands still', () => {
  const after = (charge: number, ...others: ReturnType<typeof reading>[]) => {
    return last({ battery: { capacity: 72_000 } }, 6000, (slot) => observation(slot * SLOT, [cool(slot), reading('battery-charge', charge), ...others])).decision;
  };

  it.each([
    ['full, of a board of which nothing else is known', 1, []],
    ['kept at 80 % by a charger that shows nothing', 0.8, []],
    ['kept at 80 %, and no power of the battery', 0.8, [reading('battery-power', 0)]],
    ['full, at the power that keeps it full', 1, [reading('battery-power', 0.3)]],
  ] as const)('is believed: %s', (_, charge, others) => {
    const decision = after(charge, ...others);
    expect(decision.charge).toBe(charge);
    expect(decision.candidate.variant).toBeGreaterThanOrEqual(0);
  });

  it.each([['the battery gives power', reading('battery-power', -1)], ['there is no harvest', reading('harvest-power', 0)]] as const)('is stuck: %s', (_, other) => {
    expect(after(0.8, other).charge).toBeLessThan(0.6);
  });
});

describe('variants that others are better than', () => {
  it('are there when a slowed board is too late with those', () => {
    const variants = [{ name: 'best', accuracy: 0.71, latency: [0.05] }, { name: 'fast', accuracy: 0.51, latency: [0.04] }];
    const candidates = candidatesOf({ variants, power: POWER, cores: 1, rates: [18], deadline: 1 });
    const governor = last({ candidates, policy: 'pace' }, 300, (slot) => observation(slot * SLOT, [cool(slot)], { slowdown: 1.15 }));
    expect(governor.decision.candidate.name).toBe('fast');
  });
});

describe('the log', () => {
  it.each([[[celsius(NaN)]], [[celsius(50), reading('battery-charge', NaN)]], [[celsius(50, 'zone', NaN)]]])('replays readings that JSON has no number for', (readings) => {
    const lines: string[] = [];
    const governor = new Governor(optionsOf({ battery: { capacity: 72_000 }, log: (line) => void lines.push(line) }));
    for (let slot = 0; slot < 50; slot++) governor.decide(observation(slot === 7 ? NaN : slot * SLOT, readings));
    const { decisions, logged } = replay(lines);
    expect(decisions).toEqual(logged);
  });
});

describe('what binds', () => {
  it('is heat where only its price keeps from more, and the policy where no price does', () => {
    const governor = new Governor(optionsOf());
    const plant = new Plant(THERMAL.poles, 55);
    const bound = new Map<string, number>();
    for (let slot = 0; slot < 2000; slot++) {
      const candidate = CANDIDATES[governor.decide(observation(slot * SLOT, [celsius(Math.round(2 * plant.temperature) / 2)]))]!;
      plant.run(candidate, 1, SLOT);
      bound.set(governor.decision.binding, (bound.get(governor.decision.binding) ?? 0) + 1);
    }
    expect(bound.get('thermal')).toBeGreaterThan(1500);
    expect(last({ policy: 'throttle-only', predict: false }, 3, (slot) => observation(slot * SLOT, [celsius(82)])).explain()).not.toContain('worth the most');
  });
});

describe('options from JavaScript', () => {
  const wrong: readonly (readonly [object, RegExp])[] = [
    [{ worth: undefined }, /'worth'.*dwell: seconds above 0/], [{ worth: {} }, /'worth'/], [{ worth: { dwell: -1, scan: 0 } }, /'worth'/], [{ worth: { dwell: Infinity, scan: 0 } }, /'worth'/],
    [{ board: undefined }, /'board'/], [{ board: { power: POWER } }, /'board'/], [{ board: { power: POWER, thermal: { ...THERMAL, limit: NaN } } }, /'board.thermal.limit'/],
    [{ candidates: undefined }, /'candidates'/], [{ candidates: CANDIDATES.slice(0, 2).map((candidate) => ({ ...candidate, off: undefined })) }, /'candidates'/],
  ];
  it.each(wrong)('%# are refused by name', (options, message) => {
    expect(() => new Governor({ ...optionsOf(), ...options })).toThrow(message);
  });

  it('candidates need a deadline, cores, powers and sleeps longer than a start', () => {
    const choices = { variants: VARIANTS, power: { ...POWER, off: 0.03 }, cores: 4, rates: [1], deadline: 0.5 };
    expect(() => candidatesOf({ ...choices, deadline: undefined } as never)).toThrow(/candidatesOf: option 'deadline'/);
    expect(() => candidatesOf({ ...choices, power: undefined } as never)).toThrow(/candidatesOf: option 'power'/);
    expect(() => candidatesOf({} as never)).toThrow(/option 'variants': missing/);
    expect(() => candidatesOf({ ...choices, wake: { seconds: [300, 10], boot: 30 } })).toThrow(/'wake.seconds': found 10/);
  });
});
