import { describe, expect, it } from 'vitest';
import { evaluate } from '../../../sdk/power/simulator/evaluate.ts';
import { governor } from '../../../sdk/power/simulator/governed.ts';
import type { SensorFault } from '../../../sdk/power/simulator/sensor-faults.ts';
import { generateWorld } from '../../../sdk/power/simulator/world.ts';
import { scenarioNamed } from './small.ts';

const FAULTS = [['stuck', 0], ['late', 60], ['lying', -10], ['missing', 0]] as const;

describe.each(['zero-2w-mains-heat', 'pi-4b-mains-heat', 'pi-5-mains-heat'])('the governor in %s', (name) => {
  it.each(FAULTS)('stays below the limit while the only thermometer is %s', async (kind, amount) => {
    const scenario = scenarioNamed(name);
    const fault: SensorFault = { quantity: 'soc-temperature', kind, amount, from: 3600, until: Infinity };
    const { policies: [result] } = await evaluate(scenario, generateWorld(scenario, 1, 1), [governor], { bound: false, faults: [fault] });
    expect(result).toMatchObject({ secondsOverLimit: 0, missRate: 0 });
  });
});
