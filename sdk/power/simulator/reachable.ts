import { settledRise } from '../thermal.ts';
import type { Scenario } from './scenario.ts';
import type { World } from './world.ts';

/** Kelvin below the limit that idling must lead to for the limit to be promised. */
const REACHABLE_KELVIN = 5;

/** Whether idling in the surroundings of a slot would settle far enough below the limit; where it would not, all that may be done is to idle. */
export function reachable({ power, thermal }: Scenario, { ambient, extraHeat }: World, slot: number): boolean {
  return ambient[slot]! + settledRise(thermal.poles, power.idle + extraHeat[slot]!) <= thermal.limit - REACHABLE_KELVIN;
}
