import { advancePoles } from '../../../sdk/power/thermal.ts';
import type { GovernorOptions } from '../../../sdk/power/governor/options.ts';
import { candidatesOf } from '../../../sdk/power/candidates.ts';
import type { Candidate, Observation, Reading, ThermalPole } from '../../../sdk/power/types.ts';

export const POWER = { idle: 0.6, core: 0.43, off: 0.03 };
export const THERMAL = { poles: [{ resistance: 26, seconds: 180 }, { resistance: 4, seconds: 1500 }], limit: 80 };
export const WORTH = { dwell: 1, scan: 0.02 };

export const VARIANTS = [
  { name: 'large', accuracy: 0.706, latency: [0.287, 0.156, 0.113, 0.091] },
  { name: 'small', accuracy: 0.506, latency: [0.0207, 0.0113, 0.0081, 0.0066] },
];

export const CANDIDATES = candidatesOf({ variants: VARIANTS, power: POWER, cores: 4, rates: [0.5, 1, 2, 4, 8], deadline: 0.5 });
export const WITH_OFF = candidatesOf({ variants: VARIANTS, power: POWER, cores: 4, rates: [0.5, 2, 8], deadline: 0.5, wake: { seconds: [300], boot: 25 } });

export function optionsOf(more: Partial<GovernorOptions> = {}): GovernorOptions {
  return { board: { thermal: THERMAL, power: POWER }, candidates: CANDIDATES, worth: WORTH, slot: 5, ...more };
}

export function celsius(value: number, source = 'thermal_zone0', trust = 0.9): Reading {
  return { quantity: 'soc-temperature', value, unit: 'celsius', source, age: 0, trust };
}

export function reading(quantity: Reading['quantity'], value: number): Reading {
  return { quantity, value, unit: 'ratio', source: quantity, age: 0, trust: 0.9 };
}

export function observation(time: number, readings: readonly Reading[], more: Partial<Observation> = {}): Observation {
  return { time, readings, motion: 1, weight: 1, slowdown: NaN, ...more };
}

/** A board with its own poles and leakage, heated by what is chosen and from elsewhere. */
export class Plant {
  readonly rises: Float64Array;
  ambient: number;
  heat = 0;
  readonly #poles: readonly ThermalPole[];

  constructor(poles: readonly ThermalPole[], ambient: number) {
    this.#poles = poles;
    this.ambient = ambient;
    this.rises = Float64Array.from(poles, ({ resistance }) => resistance * POWER.idle);
  }

  get temperature(): number {
    return this.rises.reduce((sum, rise) => sum + rise, this.ambient);
  }

  /** @returns the hottest temperature of the slot */
  run({ rate, energy, gated, variant, off }: Candidate, motion: number, seconds: number): number {
    let hottest = -Infinity;
    for (let second = 0; second < seconds; second++) {
      const leak = 1 + 0.14 * 0.01 * (this.temperature - 50);
      const watts = off > 0 ? POWER.off : POWER.idle + (variant < 0 ? 0 : rate * (gated ? motion : 1) * energy * leak);
      advancePoles(this.#poles, this.rises, watts + this.heat, 1, this.rises);
      hottest = Math.max(hottest, this.temperature);
    }
    return hottest;
  }
}
