/** Seconds of a clock that may be set back, as NTP does on a board without a real-time clock: what it was set back by did not pass. */
export class SteadyTime {
  #last = NaN;
  #back = 0;
  #from: number;

  /** @param from what the first call gives; NaN: what it is given */
  constructor(from = NaN) {
    this.#from = from;
  }

  /** @returns seconds that are never less than before */
  at(time: number): number {
    if (this.#from >= 0) this.#back = this.#from - time;
    else if (time < this.#last) this.#back += this.#last - time;
    this.#from = NaN;
    this.#last = time;
    return time + this.#back;
  }
}
