/** Quantiles of the last `size` values, without allocation. */
export class SlidingQuantile {
  readonly #ring: Float64Array;
  readonly #sorted: Float64Array;
  #next = 0;
  #count = 0;

  constructor(size: number) {
    this.#ring = new Float64Array(size);
    this.#sorted = new Float64Array(size);
  }

  get count(): number {
    return this.#count;
  }

  push(value: number): void {
    const sorted = this.#sorted;
    if (this.#count === this.#ring.length) {
      const gone = this.#place(this.#ring[this.#next]!);
      sorted.copyWithin(gone, gone + 1, this.#count--);
    }
    const at = this.#place(value);
    sorted.copyWithin(at + 1, at, this.#count++);
    sorted[at] = value;
    this.#ring[this.#next] = value;
    this.#next = (this.#next + 1) % this.#ring.length;
  }

  clear(): void {
    this.#next = 0;
    this.#count = 0;
  }

  /** Smallest value that at least this fraction of the values do not exceed; NaN without any. */
  quantile(fraction: number): number {
    return this.#count === 0 ? NaN : this.#sorted[Math.max(0, Math.ceil(fraction * this.#count) - 1)]!;
  }

  /** Index of the first value that is not below. */
  #place(value: number): number {
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#sorted[middle]! < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
