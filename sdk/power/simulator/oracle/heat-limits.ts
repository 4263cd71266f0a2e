import { advancePoles, settledRise } from '../../thermal.ts';
import type { Candidate, ThermalPole } from '../../types.ts';
import { LEAKAGE_CELSIUS, LEAKAGE_GROWTH } from '../plant.ts';
import type { Scenario } from '../scenario.ts';
import type { World } from '../world.ts';
import { leastWatts } from './frontier.ts';

/** What keeps a board below its limit, or as hot as idling makes it where that is above, in every control slot of a world. */
export interface HeatLimits {
  readonly poles: readonly ThermalPole[];
  readonly slotSeconds: number;
  /** Watts that the board never goes below, and never above at or below its limit. */
  readonly least: number;
  readonly most: number;
  /** Sum of the rises allowed at the end of each control slot, and watts of unmodelled heat in it. */
  readonly rise: Float64Array;
  readonly extraHeat: Float64Array;
  /** Rises in the beginning. */
  readonly start: readonly number[];
  /** Whether idling passes the limit at any time. */
  readonly idleTooHot: boolean;
}

/** Watts that the board never goes above at or below its limit. */
function mostWatts({ power, thermal }: Scenario, candidates: readonly Candidate[]): number {
  const cores = candidates.reduce((most, { variant, rate, latency, threads }) => (variant < 0 ? most : Math.max(most, rate * latency * threads)), 1);
  return power.idle + cores * (power.core + power.leakage * LEAKAGE_GROWTH * Math.max(0, thermal.limit - LEAKAGE_CELSIUS));
}

/** Degrees Celsius at the ends of the slots of a board that only idles. */
function idleTemperatures({ power, thermal: { poles } }: Scenario, { ambient, extraHeat, slotSeconds, slots }: World): Float64Array {
  const rises = Float64Array.from(poles, ({ resistance }) => resistance * power.idle);
  const temperatures = new Float64Array(slots);
  for (let slot = 0; slot < slots; slot++) {
    advancePoles(poles, rises, power.idle + extraHeat[slot]!, slotSeconds, rises);
    temperatures[slot] = ambient[slot]! + rises.reduce((sum, rise) => sum + rise, 0);
  }
  return temperatures;
}

function highest(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, value), -Infinity);
}

/** The limits of a world, or undefined where they cannot matter. */
export function heatLimitsOf(scenario: Scenario, world: World, candidates: readonly Candidate[]): HeatLimits | undefined {
  const { power, thermal: { limit, poles } } = scenario;
  const { ambient, extraHeat, slotSeconds } = world;
  const most = mostWatts(scenario, candidates);
  if (highest(ambient) + settledRise(poles, most + highest(extraHeat)) <= limit) return undefined;
  const idle = idleTemperatures(scenario, world);
  return {
    poles, slotSeconds, least: leastWatts(scenario), most, extraHeat,
    rise: idle.map((celsius, slot) => Math.max(limit, celsius) - ambient[slot]!),
    start: poles.map(({ resistance }) => resistance * power.idle),
    idleTooHot: highest(idle) > limit,
  };
}
