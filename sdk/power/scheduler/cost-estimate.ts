import { RecentMost } from './recent-most.ts';
import { SlidingQuantile } from './sliding-quantile.ts';

const WINDOW = 64;

/** What a run of a stream is to be expected to cost: never less than declared, nor more than a recent run did. */
export class CostEstimate {
  readonly #runs = new SlidingQuantile(WINDOW);
  readonly #recent = new RecentMost(WINDOW);
  readonly #fraction: number;
  #least: number;
  #declared: number;
  #slowdown = 1;

  /**
   * @param fraction of the last runs that may cost more: 0.95 leaves one of twenty
   * @param least runs before they count: a first run is slow
   */
  constructor(declared: number, fraction: number, least: number) {
    this.#declared = declared;
    this.#fraction = fraction;
    this.#least = least;
  }

  get declared(): number {
    return this.#declared;
  }

  get measured(): number {
    return this.#runs.quantile(this.#fraction);
  }

  declare(seconds: number): void {
    this.#declared = seconds;
    this.#runs.clear();
    this.#recent.clear();
  }

  /** @param slowdown of the board at the run, 1 or more */
  observe(seconds: number, slowdown: number, now: number): void {
    this.#runs.push(seconds);
    this.#recent.push(seconds, now);
    this.#slowdown = slowdown;
  }

  /** Takes what was declared for true again until the next run. */
  retry(): void {
    this.#runs.clear();
    this.#recent.clear();
    this.#least = 1;
  }

  /** Seconds of a run now; a stream that has not run for long is judged by how much slower the others have become since. */
  estimate(slowdown: number, now: number): number {
    const { count } = this.#runs;
    if (count < this.#least) return this.#declared * slowdown;
    return Math.max(this.#declared, (Math.min(this.measured, this.#recent.at(now)) * slowdown) / this.#slowdown);
  }
}
