import type { Quantity, Unit } from '../../sdk/power/types.ts';
import { sample } from './probe.ts';
import type { Sample, Samples } from './probe.ts';

/** One reading of several devices; its source names those that it was made of. */
export class Total {
  readonly #quantity: Quantity;
  readonly #unit: Unit;
  readonly #trust: number;
  readonly #sources: string[] = [];
  #count = 0;
  #oldest = Infinity;
  #reading: Sample | undefined;

  constructor(quantity: Quantity, unit: Unit, trust: number) {
    this.#quantity = quantity;
    this.#unit = unit;
    this.#trust = trust;
  }

  start(): void {
    this.#count = 0;
    this.#oldest = Infinity;
  }

  /** @param at when the device was polled */
  include(source: string, at: number): void {
    if (this.#sources[this.#count] !== source) {
      this.#sources[this.#count] = source;
      this.#reading = undefined;
    }
    this.#count++;
    this.#oldest = Math.min(this.#oldest, at);
  }

  /** Puts the value of all that was included since the start; nothing where that is no number. */
  put(value: number, now: number, to: Samples): void {
    if (this.#count === 0) return;
    if (this.#sources.length !== this.#count) {
      this.#sources.length = this.#count;
      this.#reading = undefined;
    }
    this.#reading ??= sample(this.#quantity, this.#unit, this.#sources.join(' + '), this.#trust);
    to.put(this.#reading, value, now - this.#oldest);
  }
}
