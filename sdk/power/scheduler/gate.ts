import { kindOf } from '../../core/arguments.ts';
import { OptionError } from '../../core/errors.ts';
import type { Clock } from './clock.ts';
import type { Gate, Submits } from './types.ts';

/** What a gate says. @throws OptionError where that is neither yes nor no; what the gate throws */
export function isOpen(gate: Gate, where: string): boolean {
  const open: unknown = gate.isOpen();
  if (typeof open !== 'boolean') throw new OptionError('invalid-option', `${where}: option 'gate': isOpen() returned ${kindOf(open)}; it must return true or false`);
  return open;
}

/** Open for a while after something happened: motion, or what another stream saw. */
export class EventGate implements Gate {
  readonly #clock: Clock;
  readonly #hold: number;
  #until = -Infinity;

  /** @param hold seconds for which it stays open */
  constructor(clock: Clock, hold: number) {
    if (!(hold >= 0)) throw new OptionError('invalid-option', `gate: option 'hold': ${hold} is not a number of seconds from 0 on`);
    this.#clock = clock;
    this.#hold = hold;
  }

  isOpen(): boolean {
    return this.#clock.now() <= this.#until;
  }

  trigger(): void {
    this.#until = this.#clock.now() + this.#hold;
  }

  /** The same stream, whose results that pass open the gate. A submission rejects with what `passes` throws. */
  opensOn<Item, Result>(stream: Submits<Item, Result>, passes: (value: Result, item: Item) => boolean): Submits<Item, Result> {
    return {
      submit: async (item, options) => {
        const outcome = await stream.submit(item, options);
        if (outcome.status === 'done' && passes(outcome.value, item)) this.trigger();
        return outcome;
      },
    };
  }
}
