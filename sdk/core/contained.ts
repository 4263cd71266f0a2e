/** Tells what a caller's function throws by a process warning: the first of each spell, as one that is called each slot would flood the log. */
export class Failures {
  readonly #where: string;
  #failing = false;

  /** @param where whose function it is, for messages */
  constructor(where: string) {
    this.#where = where;
  }

  worked(): void {
    this.#failing = false;
  }

  tell(error: unknown): void {
    if (this.#failing) return;
    this.#failing = true;
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    process.emitWarning(`${this.#where}: ${message}`, { type: 'HalfbyteWarning', ...(stack !== undefined && { detail: stack }) });
  }
}

/** A caller's function whose failures, rejections included, stop nothing. @param where whose function it is, for messages */
export function contained<Arguments extends readonly unknown[]>(where: string, call: (...args: Arguments) => unknown): (...args: Arguments) => void {
  const failures = new Failures(where);
  return (...args) => {
    try {
      const result = call(...args);
      if (result instanceof Promise) result.then(() => failures.worked(), (error: unknown) => failures.tell(error));
      else failures.worked();
    } catch (error) {
      failures.tell(error);
    }
  };
}
