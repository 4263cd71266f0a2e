import type { Clock } from './clock.ts';
import { SlidingQuantile } from './sliding-quantile.ts';

/** Runs of a stream whose middle counts: two slow ones are no accident. */
const RUNS = 3;
/** Runs of all streams before they are judged. */
const LEAST = 9;
/** Seconds, and periods where those are longer, for which runs tell how slow the board is. */
const KNOWN_SECONDS = 60;
const KNOWN_PERIODS = 3;
/** Costs of all streams are looked at again when it has changed by so much. */
const CHANGE = 0.1;

/**
 * How much slower than declared the board is: a hot one, or a busy one. The middle stream decides, the lower one of two: a board that is slow
 * slows them all, a wrong declaration is of one. Streams that do not run any more say nothing.
 */
export class Slowdown {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #streams = new Map<object, { readonly ratios: SlidingQuantile; until: number }>();
  #ratio = NaN;
  /** No stream is to be forgotten before. */
  #until = Infinity;
  #runs = 0;
  #judged = 1;

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  /** Observed over declared cost; NaN without any run. */
  get ratio(): number {
    this.#age();
    return this.#ratio;
  }

  /** At least 1: costs are declared for a board at its best. */
  get factor(): number {
    const { ratio } = this;
    return this.#runs < LEAST || this.#streams.size === 0 ? 1 : Math.max(1, ratio);
  }

  observe(stream: object, ratio: number, period: number): void {
    let known = this.#streams.get(stream);
    if (known === undefined) this.#streams.set(stream, (known = { ratios: new SlidingQuantile(RUNS), until: 0 }));
    known.ratios.push(ratio);
    known.until = this.#clock.now() + Math.max(KNOWN_SECONDS, KNOWN_PERIODS * period);
    this.#until = Math.min(this.#until, known.until);
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

  #age(): void {
    const now = this.#clock.now();
    if (now < this.#until) return;
    this.#until = Infinity;
    for (const [stream, { until }] of this.#streams) {
      if (until <= now) this.#streams.delete(stream);
      else this.#until = Math.min(this.#until, until);
    }
    this.#judge();
  }

  #judge(): void {
    const ratios = Float64Array.from(this.#streams.values(), (known) => known.ratios.quantile(0.5)).sort();
    this.#ratio = ratios.length === 0 ? NaN : ratios[(ratios.length - 1) >> 1]!;
  }
}
