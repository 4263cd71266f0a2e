import type { Model } from '../../model.ts';
import { TIMED_RUNS, TRIED_RUNS } from '../../runtime/auto-threads.ts';

/** Milliseconds in which more threads have started, if any do. */
const START_MS = 1000;
/** Milliseconds after which a choice of threads is not awaited any longer. */
const CHOICE_MS = 30_000;

/** What is used of a model. */
export type WarmedModel = Pick<Model, 'run' | 'threads'>;

/**
 * Runs a model at least `least` times and, where it chooses its threads, until it keeps them: all runs after have the same number of threads. A choice
 * that takes more than 30 s is not awaited.
 * @param chooses whether `threads` of the model is `auto` and may become more than one
 * @param now milliseconds of a clock
 * @returns the number of runs
 */
export async function warmUp(model: WarmedModel, least: number, chooses: boolean, now = (): number => performance.now()): Promise<number> {
  const begin = now();
  let runs = 0;
  let timed = Infinity;
  let tried = Infinity;
  const isSettled = (): boolean => {
    if (Number.isFinite(tried)) return runs >= tried;
    return now() - timed >= START_MS;
  };
  while (runs < least || (chooses && !isSettled() && now() - begin < CHOICE_MS)) {
    await model.run();
    runs++;
    if (runs === TIMED_RUNS) timed = now();
    // The run that first had more threads was the first of those tried.
    if (model.threads > 1) tried = Math.min(tried, runs + TRIED_RUNS - 1);
  }
  return runs;
}
