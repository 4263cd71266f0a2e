import { EnergyPlan } from './energy-plan.ts';
import type { Situation } from './types.ts';

/** On mains, of the steepest worth a joule: pace-to-idle at next to no loss of worth. */
const MAINS = 0.0005;
/** Of the steepest, where a battery gives no charge. */
const UNKNOWN = 0.05;
/** Share of the battery below which only what costs least is worth its energy. */
const RESERVE = 0.06;
const EXHAUSTED = 1e6;
const PLAN_SECONDS = 300;

/** Price of energy in worth a joule: small and constant on mains, by the plan on a battery. */
export class EnergyPrice {
  value = 0;
  #plan: EnergyPlan | undefined;
  #planned = -Infinity;

  update(situation: Situation): number {
    const { charge, capacity, steepest, time } = situation;
    if (capacity === 0) return this.value = MAINS * steepest;
    if (Number.isNaN(charge)) return this.value = UNKNOWN * steepest;
    this.#plan ??= new EnergyPlan(situation);
    this.#plan.observe(situation);
    if (charge < RESERVE) {
      this.#planned = -Infinity;
      return this.value = EXHAUSTED * steepest;
    }
    if (time - this.#planned >= PLAN_SECONDS) {
      this.value = this.#plan.price(situation);
      this.#planned = time;
    }
    return this.value;
  }
}
