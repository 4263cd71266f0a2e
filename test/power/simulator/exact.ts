import { Plant } from '../../../sdk/power/simulator/plant.ts';
import type { Scenario } from '../../../sdk/power/simulator/scenario.ts';
import type { World } from '../../../sdk/power/simulator/world.ts';
import type { Candidate } from '../../../sdk/power/types.ts';
import { worthOf } from '../../../sdk/power/worth.ts';

interface Label {
  readonly utility: number;
  readonly charge: number;
  readonly temperature: number;
  readonly rises: readonly number[];
}

/** Whatever follows `other` is worth no more than what follows `label`: less heat and more charge never forbid anything. */
function dominates(label: Label, other: Label): boolean {
  return label.utility >= other.utility && label.charge >= other.charge && label.rises.every((rise, pole) => rise <= other.rises[pole]!);
}

/** Exact dynamic programming over undominated states: the most worth of candidates without being off that keeps limit, charge and end charge. */
export function exactOptimum(scenario: Scenario, world: World, candidates: readonly Candidate[]): number {
  const plant = new Plant(scenario, world);
  const start = plant.charge;
  let labels: Label[] = [{ utility: 0, charge: start, temperature: plant.temperature, rises: [...plant.rises] }];
  for (let slot = 0; slot < world.slots; slot++) {
    const next: Label[] = [];
    for (const label of labels) for (const candidate of candidates) {
      plant.rises.set(label.rises);
      plant.temperature = label.temperature;
      plant.charge = label.charge;
      plant.dead = false;
      const { done } = plant.step(slot, candidate, 'on');
      if ((scenario.battery && plant.charge <= 0) || plant.temperature > scenario.thermal.limit) continue;
      const worth = done * worthOf(candidate, world.motion[slot]!, world.weight[slot]!, scenario.worth) * world.slotSeconds;
      next.push({ utility: label.utility + worth, charge: plant.charge, temperature: plant.temperature, rises: [...plant.rises] });
    }
    next.sort((a, b) => b.utility - a.utility);
    labels = [];
    for (const label of next) if (!labels.some((other) => dominates(other, label))) labels.push(label);
  }
  return labels.reduce((best, { utility, charge }) => (charge >= start ? Math.max(best, utility) : best), -Infinity);
}
