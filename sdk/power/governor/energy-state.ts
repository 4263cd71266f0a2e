import type { Situation } from '../policies/types.ts';
import type { Reading } from '../types.ts';
import type { Slot } from './slot.ts';
import { LEAST_TRUST } from './trust.ts';

/** Seconds after which a reading tells nothing of now. */
export const MOST_AGE = 600;
/** Of what a battery is charged with, what is stored. */
const CHARGE_EFFICIENCY = 0.85;
/** Share of the battery that the balance may move by while the reading stays the same. */
const STUCK_SHARE = 0.03;

/**
 * Charge and harvest from the readings; while the charge is missing or stuck, from the energy balance. A gauge is stuck when it stands still while the balance
 * moves; where neither the battery's power nor the harvest is known, a battery may as well be kept where it is, and the gauge is believed.
 */
export class EnergyState {
  /** Share of the battery, NaN on mains or never known. */
  charge = NaN;
  /** Watts, NaN unknown. */
  harvest = NaN;
  /** Mains is present now, whatever the battery. */
  mains = false;
  readonly #capacity: number;
  #value = NaN;
  /** Share that the balance moved by since the reading changed. */
  #moved = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  update(readings: readonly Reading[], { seconds, watts }: Slot): void {
    if (this.#capacity === 0) return;
    let charge = NaN;
    let harvest = NaN;
    let power = NaN;
    this.mains = false;
    for (const { quantity, value, trust, age } of readings) {
      if (!(trust >= LEAST_TRUST && age <= MOST_AGE)) continue;
      if (quantity === 'battery-charge' && value >= 0 && value <= 1) charge = value;
      else if (quantity === 'battery-energy' && value >= 0 && Number.isNaN(charge)) charge = Math.min(1, value / this.#capacity);
      else if (quantity === 'harvest-power' && value >= 0) harvest = value;
      else if (quantity === 'battery-power' && Number.isFinite(value)) power = value;
      else if (quantity === 'mains-present' && value > 0) this.mains = true;
    }
    this.harvest = harvest;
    const known = !Number.isNaN(power) || !Number.isNaN(harvest);
    const net = Number.isNaN(power) ? (known ? harvest : 0) - watts : power;
    const moved = ((net > 0 ? net * CHARGE_EFFICIENCY : net) * seconds) / this.#capacity;
    this.#moved = charge === this.#value && known && !this.mains ? this.#moved + moved : 0;
    this.#value = charge;
    const full = charge > 1 - STUCK_SHARE && this.#moved > 0;
    if (!Number.isNaN(charge) && (full || Math.abs(this.#moved) <= STUCK_SHARE)) this.charge = charge;
    else if (!this.mains) this.charge = Math.max(0, Math.min(1, this.charge + moved));
  }

  /** Puts charge, capacity and harvest there, on mains as without a battery. */
  tell(situation: Pick<Situation, 'charge' | 'capacity' | 'harvest'>): void {
    situation.harvest = this.harvest;
    if (this.mains || this.#capacity === 0) {
      situation.charge = NaN;
      situation.capacity = 0;
    } else {
      situation.charge = this.charge;
      situation.capacity = this.#capacity;
    }
  }
}
