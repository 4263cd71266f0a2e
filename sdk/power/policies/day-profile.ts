const DAY = 86_400;
export const BINS = 24;
export const BIN_SECONDS = DAY / BINS;
/** Weight of the newest day. */
const NEWEST = 0.4;
/** Of the mean, while only one day was seen. */
const FIRST_DEVIATION = 0.1;

/** Mean of a quantity by hour of the day, counted from any moment; NaN where never seen. */
export class DayProfile {
  readonly bins = new Float64Array(BINS).fill(NaN);
  readonly #deviations = new Float64Array(BINS).fill(NaN);
  #bin = -1;
  /** Bin that is filled for the first time: of use at once. */
  #first = -1;
  #sum = 0;
  #seconds = 0;

  static binOf(time: number): number {
    return Math.floor((((time % DAY) + DAY) % DAY) / BIN_SECONDS);
  }

  /** @param value mean of the `seconds` that end at `time`; NaN is left out */
  add(value: number, time: number, seconds: number): void {
    const bin = DayProfile.binOf(time);
    if (bin !== this.#bin) this.#close(bin);
    if (Number.isNaN(value)) return;
    this.#sum += value * seconds;
    this.#seconds += seconds;
    if (Number.isNaN(this.bins[bin]!) && this.#seconds > 0) this.#first = bin;
    if (this.#first === bin) this.bins[bin] = this.#sum / this.#seconds;
  }

  /** What the hour gives on a poor day: its mean less half its mean deviation between days. */
  poor(bin: number): number {
    const deviation = this.#deviations[bin]!;
    return Math.max(0, this.bins[bin]! - (Number.isNaN(deviation) ? FIRST_DEVIATION * this.bins[bin]! : 0.5 * deviation));
  }

  #close(next: number): void {
    if (this.#bin >= 0 && this.#seconds > 0 && this.#first !== this.#bin) {
      const surprise = this.#sum / this.#seconds - this.bins[this.#bin]!;
      const deviation = this.#deviations[this.#bin]!;
      this.#deviations[this.#bin] = Number.isNaN(deviation) ? Math.abs(surprise) : deviation + NEWEST * (Math.abs(surprise) - deviation);
      this.bins[this.#bin] = this.bins[this.#bin]! + NEWEST * surprise;
    }
    this.#bin = next;
    this.#first = -1;
    this.#sum = 0;
    this.#seconds = 0;
  }
}
