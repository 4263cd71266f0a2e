import { describe, expect, it } from 'vitest';
import { evaluate, scenarioCandidates } from '../../../sdk/power/simulator/evaluate.ts';
import { governor } from '../../../sdk/power/simulator/governed.ts';
import type { Scenario } from '../../../sdk/power/simulator/scenario.ts';
import type { SensorFault } from '../../../sdk/power/simulator/sensor-faults.ts';
import { simulate } from '../../../sdk/power/simulator/simulate.ts';
import { generateWorld, type World } from '../../../sdk/power/simulator/world.ts';
import { scenarioNamed } from './small.ts';

const HOTTEST = ['zero-2w-mains-heat', 'pi-4b-mains-heat', 'pi-5-mains-heat'];
const FAULTS = [['stuck', 0], ['late', 60], ['lying', -10], ['lying', -2], ['lying', 20], ['missing', 0], ['quantized', 1]] as const;
/** Most heat from elsewhere that is promised for, of what all cores take. */
const UNMODELLED = 0.3;

function thermometer(kind: SensorFault['kind'], amount: number): SensorFault {
  return { quantity: 'soc-temperature', kind, amount, from: 3600, until: Infinity };
}

/** Heat from elsewhere for `seconds` of every two times as many. */
function heated(world: World, { cores, power }: Scenario, seconds: number): World {
  const extraHeat = world.extraHeat.map((_, slot) => (Math.floor((slot * world.slotSeconds) / seconds) % 2 === 1 ? UNMODELLED * cores * power.core : 0));
  return { ...world, extraHeat };
}

describe.each(HOTTEST)('the governor in %s', (name) => {
  it.each(FAULTS)('stays below the limit while the only thermometer is %s (%d)', async (kind, amount) => {
    const scenario = scenarioNamed(name);
    const { policies: [result] } = await evaluate(scenario, generateWorld(scenario, 1, 1), [governor], { bound: false, faults: [thermometer(kind, amount)] });
    expect(result).toMatchObject({ secondsOverLimit: 0, missRate: 0 });
  });

  it.each([60, 600, 1800, 7200])('stays below the limit, where that can be reached, with heat from elsewhere every other %d s', (seconds) => {
    for (const cooler of [0, 10]) {
      const base = scenarioNamed(name);
      const scenario = { ...base, ambient: { ...base.ambient, mean: base.ambient.mean - cooler } };
      const candidates = scenarioCandidates(scenario);
      const world = heated(generateWorld(scenario, 2, 1), scenario, seconds);
      const simulation = simulate(scenario, world, candidates, governor.create(scenario, candidates, world));
      expect(simulation.secondsOverReachable).toBe(0);
      expect(simulation.dynamicEnergy).toBeGreaterThan(0);
    }
  });

  it('holds the limit without any temperature in the surroundings that are stated', async () => {
    const scenario = scenarioNamed(name);
    const missing = { ...thermometer('missing', 0), from: 0 };
    const world = generateWorld(scenario, 3, 1);
    world.ambient.fill(scenario.ambient.max);
    const { policies: [result] } = await evaluate(scenario, world, [governor], { bound: false, faults: [missing] });
    expect(result!.secondsOverReachable).toBe(0);
  });
});
