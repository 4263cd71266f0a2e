import type { Candidate } from '../types.ts';
import type { Policy, Situation } from '../policies/types.ts';

const WINDOW = 60;
/** Switches of variant or threads in any WINDOW. */
export const MOST_SWITCHES = 6;

/** Steps down at once, steps up by one after the dwell, and keeps switches of variant or threads rare: of the most, one is kept for going idle. */
export class Dwell {
  /** The last choice was not what was wanted. */
  held = false;
  readonly #seconds: number;
  readonly #idle: number;
  readonly #switches = new Float64Array(MOST_SWITCHES).fill(-Infinity);
  #next = 0;
  #changed = -Infinity;

  /** @param idle candidate that is always allowed */
  constructor(seconds: number, idle: number) {
    this.#seconds = seconds;
    this.#idle = idle;
  }

  /** Index of the candidate to go to; `situation.current` is where it comes from. */
  choose(wanted: number, situation: Situation, policy: Pick<Policy, 'price'>): number {
    const { current, time, allowed } = situation;
    const forced = allowed[current] === 0;
    let next = wanted;
    if (!forced && wanted > current) next = this.#up(wanted, situation, policy);
    if (next !== current && switches(situation.candidates[current]!, situation.candidates[next]!)) {
      const recent = this.#recent(time);
      if (!forced && recent >= MOST_SWITCHES - 2) next = current;
      else if (forced && recent >= MOST_SWITCHES - 1) next = this.#idle;
    }
    this.held = next !== wanted;
    if (next !== current) this.#change(situation, next);
    return next;
  }

  #up(wanted: number, { current, time, allowed, worth, watts }: Situation, { price }: Pick<Policy, 'price'>): number {
    const steps = this.#seconds > 0 ? Math.floor((time - this.#changed) / this.#seconds) : Infinity;
    if (steps < 1) return current;
    if (wanted <= current + steps) return wanted;
    let best = current;
    for (let index = current + 1; index <= current + steps; index++) {
      if (allowed[index] === 1 && worth[index]! - price * watts[index]! > worth[best]! - price * watts[best]!) best = index;
    }
    return best;
  }

  #recent(time: number): number {
    let count = 0;
    for (let index = 0; index < MOST_SWITCHES; index++) if (time - this.#switches[index]! < WINDOW) count++;
    return count;
  }

  #change({ candidates, current, time }: Situation, next: number): void {
    this.#changed = time;
    if (!switches(candidates[current]!, candidates[next]!)) return;
    this.#switches[this.#next] = time;
    this.#next = (this.#next + 1) % MOST_SWITCHES;
  }
}

function switches(from: Candidate, to: Candidate): boolean {
  return from.variant !== to.variant || from.threads !== to.threads;
}
