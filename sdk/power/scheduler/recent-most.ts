/** Runs that are recent however long ago they ended, and seconds for which others are. */
const LEAST = 5;
const SECONDS = 60;

/** Most that a recent run took. */
export class RecentMost {
  readonly #seconds: Float64Array;
  readonly #ends: Float64Array;
  #count = 0;

  /** @param size most runs that are known */
  constructor(size: number) {
    this.#seconds = new Float64Array(size);
    this.#ends = new Float64Array(size);
  }

  push(seconds: number, now: number): void {
    const at = this.#count++ % this.#seconds.length;
    this.#seconds[at] = seconds;
    this.#ends[at] = now;
  }

  clear(): void {
    this.#count = 0;
  }

  /** 0 without any. */
  at(now: number): number {
    let most = 0;
    for (let age = 1; age <= Math.min(this.#count, this.#seconds.length); age++) {
      const at = (this.#count - age) % this.#seconds.length;
      if (age > LEAST && now - this.#ends[at]! > SECONDS) break;
      most = Math.max(most, this.#seconds[at]!);
    }
    return most;
  }
}
