/** A cost in force falls when less than so much of it is expected, */
const LOWER = 0.9;
/** for so many seconds. */
const DWELL = 20;

/** A cost in force rises at once and falls after a while: what a stream can count on does not change with every slow run. */
export class FallingCost {
  /** When an estimate was last near the cost in force, and the most that was expected since. */
  #near: number;
  #most = 0;

  constructor(now: number) {
    this.#near = now;
  }

  /** What is in force after `cost`, where `estimate` is expected. */
  next(cost: number, estimate: number, now: number): number {
    if (estimate > LOWER * cost) return this.#restart(now, Math.max(cost, estimate));
    this.#most = Math.max(this.#most, estimate);
    return now - this.#near < DWELL ? cost : this.#restart(now, this.#most);
  }

  #restart(now: number, cost: number): number {
    this.#near = now;
    this.#most = 0;
    return cost;
  }
}
