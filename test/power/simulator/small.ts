import { scenarios } from '../../../devices/scenarios/index.ts';
import type { Scenario } from '../../../sdk/power/simulator/scenario.ts';
import type { World } from '../../../sdk/power/simulator/world.ts';

export function scenarioNamed(name: string): Scenario {
  return scenarios.find((scenario) => scenario.name === name)!;
}

/** A world that stays as it is. */
export function steadyWorld(slots: number, slotSeconds: number, values: { ambient?: number; harvest?: number; motion?: number; weight?: number } = {}): World {
  const filled = (value: number): Float64Array => new Float64Array(slots).fill(value);
  return {
    slotSeconds, slots, ambient: filled(values.ambient ?? 20), harvest: filled(values.harvest ?? 0), motion: filled(values.motion ?? 1),
    weight: filled(values.weight ?? 1), extraHeat: filled(0), delay: filled(1),
  };
}
