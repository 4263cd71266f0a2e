/** Seconds of a clock that may be set back, as NTP does on a board without a real-time clock: what it was set back by did not pass. */
export class SteadyTime {
  #last = NaN;
  #back = 0;

  /** @returns seconds that are never less than before */
  at(time: number): number {
    if (time < this.#last) this.#back += this.#last - time;
    this.#last = time;
    return time + this.#back;
  }
}
