function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Calls that follow each other, each after the promise callbacks of the one before, so that what it left can be read there. */
export class Turns {
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();

  async take<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#waiting++ === 0 ? work() : this.#last.then(nextTurn).then(work);
    this.#last = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      this.#waiting--;
    }
  }

  /** Settles when the calls made so far are over. */
  async idle(): Promise<void> {
    await this.#last;
  }
}
