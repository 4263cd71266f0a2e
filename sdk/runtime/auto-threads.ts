import { Row, STEP_WORDS } from './control.ts';

/** Runs on one thread whose steps are timed, and runs on several threads that are compared with them. */
export const TIMED_RUNS = 12;
export const TRIED_RUNS = 12;
/** Nanoseconds that a step on several threads takes longer than its share: a barrier, and threads that are not quite balanced. */
const BARRIER_NS = 4000;
/** More threads must save this part of a run. */
const LEAST_GAIN = 0.05;

function isWorthwhile(cost: number, threads: number): boolean {
  return cost - cost / threads > BARRIER_NS;
}

/** Nanoseconds of a run on `threads` threads, from those of its steps on one. */
function predicted(costs: Int32Array, threads: number): number {
  return costs.reduce((sum, cost) => sum + (isWorthwhile(cost, threads) ? cost / threads + BARRIER_NS : cost), 0);
}

/** The number of threads, at most `most`, that promises the shortest run; 1 where more would not save enough. */
export function promisingThreads(costs: Int32Array, most: number): number {
  let best = 1;
  for (let threads = 2; threads <= most; threads++) if (predicted(costs, threads) < predicted(costs, best) * (1 - LEAST_GAIN)) best = threads;
  return best;
}

/** States of a choice: steps are timed on one thread, more threads start, they are tried, and one number of threads stays. */
export type Phase = 'timing' | 'starting' | 'trying' | 'settled';

/** Finds the number of threads that runs this plan fastest on this board now. */
export class AutoThreads {
  readonly #table: Int32Array;
  readonly #costs: Int32Array;
  readonly #most: number;
  #phase: Phase;
  #runs = 0;
  #threads = 1;
  #one = Infinity;
  #several = Infinity;

  /** @param costs nanoseconds of each step, filled by timed runs */
  constructor(table: Int32Array, costs: Int32Array, most: number) {
    this.#table = table;
    this.#costs = costs;
    this.#most = most;
    this.#phase = most > 1 ? 'timing' : 'settled';
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** Threads of the next run, or those wanted as soon as they have started. */
  get threads(): number {
    return this.#threads;
  }

  /** Takes the milliseconds of a run in the current phase. */
  record(ms: number): void {
    this.#runs++;
    if (this.#phase === 'timing') {
      this.#one = Math.min(this.#one, ms);
      if (this.#runs >= TIMED_RUNS) this.#plan();
    } else if (this.#phase === 'trying') {
      this.#several = Math.min(this.#several, ms);
      if (this.#runs >= TRIED_RUNS) this.#settle();
    }
  }

  /** The threads wanted have started. */
  started(): void {
    this.#phase = 'trying';
    this.#runs = 0;
  }

  #plan(): void {
    this.#threads = promisingThreads(this.#costs, this.#most);
    this.#phase = this.#threads > 1 ? 'starting' : 'settled';
    this.#costs.forEach((cost, step) => {
      this.#table[step * STEP_WORDS + Row.threads] = isWorthwhile(cost, this.#threads) ? this.#threads : 1;
    });
  }

  #settle(): void {
    this.#phase = 'settled';
    if (this.#several > this.#one * (1 - LEAST_GAIN)) this.#threads = 1;
  }
}
