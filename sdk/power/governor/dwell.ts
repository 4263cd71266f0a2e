import type { Candidate } from '../types.ts';
import type { Policy, Situation } from '../policies/types.ts';

const WINDOW = 60;
/** Switches of variant or threads in any WINDOW. */
export const MOST_SWITCHES = 6;

/**
 * Keeps switches of variant or threads rare: none to more power within the dwell after the last one, and never more than the most. Rates, idling and
 * going on with what ran before are free to change at once.
 */
export class Dwell {
  /** The last choice was not what was wanted. */
  held = false;
  readonly #seconds: number;
  readonly #idle: number;
  readonly #switches = new Float64Array(MOST_SWITCHES).fill(-Infinity);
  #next = 0;
  #switched = -Infinity;
  /** What ran last. */
  #ran: Candidate | undefined;

  /** @param idle candidate that is always allowed */
  constructor(seconds: number, idle: number) {
    this.#seconds = seconds;
    this.#idle = idle;
  }

  /** Index of the candidate to go to; `situation.current` is where it comes from. */
  choose(wanted: number, situation: Situation, policy: Pick<Policy, 'price'>): number {
    const { candidates, current, time, allowed } = situation;
    let next = wanted;
    if (this.#isSwitch(candidates[wanted]!)) {
      const recent = this.#recent(time);
      const forced = allowed[current] === 0;
      const early = wanted > current && time - this.#switched < this.#seconds;
      if (forced ? recent >= MOST_SWITCHES : early || recent >= MOST_SWITCHES - 1) next = this.#without(situation, policy);
    }
    this.held = next !== wanted;
    this.#note(candidates[next]!, time);
    return next;
  }

  #isSwitch({ variant, threads }: Candidate): boolean {
    return variant >= 0 && this.#ran !== undefined && (variant !== this.#ran.variant || threads !== this.#ran.threads);
  }

  /** The best allowed candidate that needs no switch. */
  #without({ candidates, current, allowed, worth, watts }: Situation, { price }: Pick<Policy, 'price'>): number {
    let best = allowed[current] === 1 ? current : this.#idle;
    for (let row = 0; row < allowed.length; row++) {
      const { variant, off } = candidates[row]!;
      if (allowed[row] === 0 || variant < 0 || off > 0 || this.#isSwitch(candidates[row]!)) continue;
      if (worth[row]! - price * watts[row]! > worth[best]! - price * watts[best]!) best = row;
    }
    return best;
  }

  #recent(time: number): number {
    let count = 0;
    for (let index = 0; index < MOST_SWITCHES; index++) if (time - this.#switches[index]! < WINDOW) count++;
    return count;
  }

  #note(next: Candidate, time: number): void {
    if (this.#isSwitch(next)) {
      this.#switched = time;
      this.#switches[this.#next] = time;
      this.#next = (this.#next + 1) % MOST_SWITCHES;
    }
    if (next.variant >= 0) this.#ran = next;
  }
}
