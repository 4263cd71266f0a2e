import { SlidingQuantile } from './sliding-quantile.ts';

/** Runs of a stream whose middle counts: two slow ones are no accident. */
const RUNS = 3;
/** Runs of all streams before they are judged. */
const LEAST = 9;
/** Costs of all streams are looked at again when it has changed by so much. */
const CHANGE = 0.1;

/**
 * How much slower than declared the board is: a hot one, or a busy one. The middle stream decides, the lower one of two: a board that is slow
 * slows them all, a wrong declaration is of one.
 */
export class Slowdown {
  readonly #streams = new Map<object, SlidingQuantile>();
  #ratio = NaN;
  #runs = 0;
  #judged = 1;

  /** Observed over declared cost; NaN without any run. */
  get ratio(): number {
    return this.#ratio;
  }

  /** At least 1: costs are declared for a board at its best. */
  get factor(): number {
    return this.#runs < LEAST || this.#streams.size === 0 ? 1 : Math.max(1, this.#ratio);
  }

  observe(stream: object, ratio: number): void {
    let ratios = this.#streams.get(stream);
    if (ratios === undefined) this.#streams.set(stream, (ratios = new SlidingQuantile(RUNS)));
    ratios.push(ratio);
    this.#runs++;
    this.#judge();
  }

  /** Its runs so far say nothing about the board any more. */
  forget(stream: object): void {
    if (this.#streams.delete(stream)) this.#judge();
  }

  /** Whether it has changed since the last time this was so. */
  changed(): boolean {
    if (Math.abs(this.factor / this.#judged - 1) <= CHANGE) return false;
    this.#judged = this.factor;
    return true;
  }

  #judge(): void {
    const ratios = Float64Array.from(this.#streams.values(), (runs) => runs.quantile(0.5)).sort();
    this.#ratio = ratios.length === 0 ? NaN : ratios[(ratios.length - 1) >> 1]!;
  }
}
