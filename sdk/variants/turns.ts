import { OptionError } from '../core/errors.ts';
import { nextTurn } from '../core/next-turn.ts';

const { AsyncLocalStorage } = process.getBuiltinModule('node:async_hooks');

/** Calls that follow each other, each after the promise callbacks of the one before, so that what it left can be read there. */
export class Turns {
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();
  /** The turn that the caller is part of, also when it is over. */
  readonly #own = new AsyncLocalStorage<{ over: boolean }>();

  /** @throws OptionError `inside-turn` where the caller is part of a turn: each would wait for the other */
  checkOutside(where: string): void {
    if (this.#own.getStore()?.over !== false) return;
    throw new OptionError('inside-turn', `${where}: called inside a callback of infer() or of a task of bind(), whose end it waits for; call it after the promise that they returned has settled`);
  }

  async take<T>(work: () => Promise<T>): Promise<T> {
    const own = { over: false };
    const turn = (this.#waiting++ === 0 ? Promise.resolve() : this.#last.then(nextTurn)).then(() => this.#own.run(own, work));
    this.#last = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      own.over = true;
      this.#waiting--;
    }
  }

  /** Settles when the calls made so far are over. */
  async idle(): Promise<void> {
    await this.#last;
  }
}
