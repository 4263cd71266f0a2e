import { SlidingQuantile } from './sliding-quantile.ts';

/** Runs whose middle counts: five slow ones are no accident. */
const RUNS = 9;
/** Costs of all streams are looked at again when it has changed by so much. */
const CHANGE = 0.1;

/** How much slower than declared the board is: a hot one, or a busy one. */
export class Slowdown {
  readonly #ratios = new SlidingQuantile(RUNS);
  #judged = 1;

  /** Observed over declared cost of the last runs; NaN without any. */
  get ratio(): number {
    return this.#ratios.quantile(0.5);
  }

  /** At least 1: costs are declared for a board at its best. */
  get factor(): number {
    return this.#ratios.count < RUNS ? 1 : Math.max(1, this.ratio);
  }

  observe(ratio: number): void {
    this.#ratios.push(ratio);
  }

  /** Whether it has changed since the last time this was so. */
  changed(): boolean {
    if (Math.abs(this.factor / this.#judged - 1) <= CHANGE) return false;
    this.#judged = this.factor;
    return true;
  }
}
