import { exp } from '../core/math.ts';
import type { ThermalPole } from './types.ts';

/** Kelvin that each pole is above ambient after `seconds` at `watts`, exactly; written to `to`, which may be `from`. */
export function advancePoles(poles: readonly ThermalPole[], from: ArrayLike<number>, watts: number, seconds: number, to: Float64Array): void {
  for (let pole = 0; pole < poles.length; pole++) {
    const { resistance, seconds: tau } = poles[pole]!;
    const before = from[pole]!;
    to[pole] = before + (1 - exp(-seconds / tau)) * (resistance * watts - before);
  }
}

/** Kelvin above ambient that `watts` lead to. */
export function settledRise(poles: readonly ThermalPole[], watts: number): number {
  return poles.reduce((sum, { resistance }) => sum + resistance * watts, 0);
}
