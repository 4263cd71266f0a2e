import { OptionError } from '../../core/errors.ts';
import type { Outcome, Submits } from './types.ts';

export interface CascadeStage<Item, Result> {
  readonly stream: Submits<Item, Result>;
  /** What the next stage is to look at: the item, a part of it, or nothing. Called with results of all stages but the last. */
  readonly next?: (value: Result, item: Item) => Item | undefined;
}

export interface CascadeOutcome<Result> {
  /** Outcome of the last stage that was asked, and its number from 0 on. */
  readonly outcome: Outcome<Result>;
  readonly stage: number;
  /** The last result there is: that of a cheaper stage where the last one dropped the item or failed. */
  readonly value: Result | undefined;
}

export interface Cascade<Item, Result> {
  submit(item: Item, options?: { readonly signal?: AbortSignal }): Promise<CascadeOutcome<Result>>;
}

/**
 * Cheap streams first, expensive ones on what they pass on, as in NoScope (Kang et al., VLDB 2017). Each stage keeps its own deadline from its own
 * release, which is also no earlier than a period after its last one (`Reservation.deadline`). A submission rejects with what `next` throws.
 */
export function cascade<Item, Result>(stages: readonly CascadeStage<Item, Result>[]): Cascade<Item, Result> {
  const stuck = stages.findIndex(({ next }, at) => (next === undefined) !== (at === stages.length - 1));
  if (stages.length < 2 || stuck >= 0) {
    throw new OptionError('invalid-option', `cascade: ${stages.length} stages${stuck >= 0 ? `, stage ${stuck} ${stages[stuck]!.next ? 'has' : 'lacks'} 'next'` : ''}; ` +
      "give at least two, each but the last with 'next'");
  }
  return {
    submit: async (item, options) => {
      let value: Result | undefined;
      let current = item;
      for (let stage = 0; ; stage++) {
        const { stream, next } = stages[stage]!;
        const outcome = await stream.submit(current, options);
        if (outcome.status !== 'done') return { outcome, stage, value };
        value = outcome.value;
        const passed = next?.(value, current);
        if (passed === undefined) return { outcome, stage, value };
        current = passed;
      }
    },
  };
}
