import type { Clock } from '../../../sdk/power/scheduler/clock.ts';

interface Timer { readonly at: number; readonly call: () => void }

/** Time that passes only where nothing else is left to do. */
export class VirtualClock implements Clock {
  #now = 0;
  #timers: Timer[] = [];

  now(): number {
    return this.#now;
  }

  after(seconds: number, call: () => void): () => void {
    const timer: Timer = { at: this.#now + Math.max(0, seconds), call };
    const later = this.#timers.findIndex(({ at }) => at > timer.at);
    this.#timers.splice(later < 0 ? this.#timers.length : later, 0, timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  sleep(seconds: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(seconds, resolve);
    });
  }

  get pending(): number {
    return this.#timers.length;
  }

  /** Until this time, or until no timer is left. */
  async run(until = Infinity): Promise<void> {
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      const next = this.#timers[0];
      if (next === undefined || next.at > until) break;
      this.#timers.shift();
      this.#now = next.at;
      next.call();
    }
    if (until < Infinity) this.#now = until;
  }
}
