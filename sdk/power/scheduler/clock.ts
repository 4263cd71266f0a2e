/** Time and timers of a scheduler. */
export interface Clock {
  /** Monotonic seconds. */
  now(): number;
  /**
   * Calls once, not before `seconds` have passed and never within this call; 0 is the next turn of the event loop. Returns how to call it off.
   * @param mayEnd the process may end before
   */
  after(seconds: number, call: () => void, mayEnd?: boolean): () => void;
}

export function isClock(value: unknown): value is Clock {
  const clock = value as Partial<Clock> | null | undefined;
  return typeof clock?.now === 'function' && typeof clock.after === 'function';
}

/** Beyond it Node fires at once. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** The clock of the process. */
export const systemClock: Clock = Object.freeze({
  now: () => performance.now() / 1000,
  after: (seconds: number, call: () => void, mayEnd = false) => {
    if (seconds <= 0) {
      const immediate = setImmediate(call);
      return () => clearImmediate(immediate);
    }
    const timeout = setTimeout(call, Math.min(Math.ceil(seconds * 1000), MAX_TIMEOUT_MS));
    if (mayEnd) timeout.unref();
    return () => clearTimeout(timeout);
  },
});
