import type { Quantity } from '../types.ts';

/** What is wrong with the sensor of a quantity between two times: `amount` is in seconds where it is late, else in units of the quantity. */
export interface SensorFault {
  readonly quantity: Quantity;
  readonly kind: 'missing' | 'stuck' | 'late' | 'quantized' | 'lying';
  readonly amount: number;
  readonly from: number;
  readonly until: number;
}

/** Values of one quantity through its faults; NaN where there is no reading. None of them shows in `age` or `trust`. */
export class FaultySensor {
  readonly #faults: readonly SensorFault[];
  readonly #slotSeconds: number;
  /** The last values, as many as the latest fault is late. */
  readonly #history: Float64Array;
  #slot = 0;
  #frozen = NaN;

  constructor(faults: readonly SensorFault[], slotSeconds: number) {
    this.#faults = faults;
    this.#slotSeconds = slotSeconds;
    const late = faults.reduce((most, { kind, amount }) => (kind === 'late' ? Math.max(most, amount) : most), 0);
    this.#history = new Float64Array(1 + Math.round(late / slotSeconds));
  }

  /** What is read at `now` while the true value is `value`; to be called once a slot. */
  read(now: number, value: number): number {
    const length = this.#history.length;
    this.#history[this.#slot % length] = value;
    let seen = value;
    let stuck = false;
    for (const { kind, amount, from, until } of this.#faults) {
      if (now < from || now >= until) continue;
      if (kind === 'missing') seen = NaN;
      else if (kind === 'late') seen = this.#history[(this.#slot - Math.min(this.#slot, Math.round(amount / this.#slotSeconds))) % length]!;
      else if (kind === 'quantized') seen = amount * Math.round(seen / amount);
      else if (kind === 'lying') seen += amount;
      else {
        stuck = true;
        if (Number.isNaN(this.#frozen)) this.#frozen = seen;
        seen = this.#frozen;
      }
    }
    if (!stuck) this.#frozen = NaN;
    this.#slot++;
    return seen;
  }
}
