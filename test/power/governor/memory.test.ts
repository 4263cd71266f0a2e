import { describe, expect, it } from 'vitest';
import { scenarios } from '../../../devices/scenarios/index.ts';
import { Governor, replay } from '../../../sdk/power/governor/governor.ts';
import type { GovernorMemory } from '../../../sdk/power/governor/memory.ts';
import { evaluate } from '../../../sdk/power/simulator/evaluate.ts';
import { governed, governor as judged } from '../../../sdk/power/simulator/governed.ts';
import { generateWorld } from '../../../sdk/power/simulator/world.ts';
import { celsius, observation, optionsOf, reading } from './plant.ts';

const SLOT = 60;
const DAY = 86_400;
const BATTERY = { battery: { capacity: 72_000 } };
/** Something moves, and the sun shines, in the afternoon. */
const busy = (time: number): boolean => time % DAY > 12 * 3600 && time % DAY < 18 * 3600;
const at = (time: number, shown = time) => observation(shown, [celsius(40 + 0.5 * ((time / SLOT) % 2)), reading('battery-charge', 0.4 + 0.01 * ((time / SLOT) % 2)), reading('harvest-power', busy(time) ? 6 : 0)], { motion: busy(time) ? 0.8 : 0.02 });

function afterDays(days: number): Governor {
  const governor = new Governor(optionsOf(BATTERY));
  for (let time = 0; time < days * DAY; time += SLOT) governor.decide(at(time));
  return governor;
}
const stored = (governor: Governor): GovernorMemory => JSON.parse(JSON.stringify(governor.memory())) as GovernorMemory;

describe('what a governor has learnt', () => {
  it('goes on in the next one, on a clock that begins anew: its decisions of the day to come are the same', () => {
    const first = afterDays(2);
    const lines: string[] = [];
    const second = new Governor(optionsOf({ ...BATTERY, resume: { memory: stored(first), seconds: SLOT }, log: (line) => void lines.push(line) }));
    const fresh = new Governor(optionsOf(BATTERY));
    const different = { second: 0, fresh: 0 };
    for (let time = 2 * DAY; time < 3 * DAY; time += SLOT) {
      const choice = first.decide(at(time));
      if (second.decide(at(time, time - 2 * DAY)) !== choice) different.second++;
      if (fresh.decide(at(time, time - 2 * DAY)) !== choice) different.fresh++;
    }
    expect(second.decision.time).toBe(first.decision.time);
    // Until its thermometer is trusted again.
    expect(different.second).toBeLessThan(15);
    expect(different.fresh).toBeGreaterThan(20 * different.second);
    const { decisions, logged } = replay(lines);
    expect(decisions).toEqual(logged);
  });

  it('is the same after going on at once', () => {
    const memory = stored(afterDays(1.1));
    expect(stored(new Governor(optionsOf({ ...BATTERY, resume: { memory, seconds: 0 } })))).toEqual(memory);
  });

  it('of another policy is left out; what is none is refused', () => {
    const memory = stored(afterDays(1.1));
    const paced = new Governor(optionsOf({ ...BATTERY, policy: 'pace', resume: { memory, seconds: 0 } }));
    expect(paced.memory()).toMatchObject({ motion: memory.motion, policy: { name: 'pace', memory: null } });
    const withMemory = (other: unknown) => () => new Governor(optionsOf({ resume: { memory: other as GovernorMemory, seconds: 0 } }));
    expect(withMemory(undefined)).toThrow(/'resume.memory'/);
    expect(withMemory({ ...memory, version: 2 })).toThrow(/'version'/);
    expect(withMemory({ ...memory, motion: { ...memory.motion, seconds: [NaN] } })).toThrow(/'motion\.seconds/);
    expect(() => new Governor(optionsOf({ resume: { memory, seconds: -1 } }))).toThrow(/'resume.seconds'/);
    expect(() => new Governor(optionsOf({ resume: 0 as never }))).toThrow(/'resume.seconds'/);
  });

  it('is all that a board needs to keep while it is powered off', async () => {
    const scenario = scenarios.find(({ name }) => name === 'zero-2w-solar-power-off')!;
    const world = generateWorld(scenario, 103, 3);
    const forgetful = { ...governed('forgetful', '', {}), create: ((...given) => {
      let [begun, since] = [judged.create(...given), 0];
      let off = false;
      return {
        name: 'forgetful',
        decide(seen) {
          if (off) [begun, since] = [judged.create(...given), seen.time];
          const choice = begun.decide({ ...seen, time: seen.time - since });
          off = given[1][choice]!.off > 0;
          return choice;
        },
      };
    }) as typeof judged.create };
    const { policies: [kept, lost] } = await evaluate(scenario, world, [judged, forgetful], { bound: false });
    expect(kept!.brownoutHours).toBe(0);
    expect(lost!.utility).toBeLessThan(0.99 * kept!.utility);
  });
});
