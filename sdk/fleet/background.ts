import { UpdateError } from '../core/errors.ts';
import type { BackgroundHandle } from '../power/scheduler/types.ts';

/** Where steps of an update run; what `Scheduler.background` gives. */
export type Background = Pick<BackgroundHandle, 'run'>;

/** Runs one step of an update. */
export type RunStep = <Result>(step: () => Promise<Result>) => Promise<Result>;

/**
 * Runs each step when no deadline needs the time; without a background, at once.
 * @returns function that throws what the step throws, or UpdateError `step-not-run`: nothing was decided, the step may be tried again
 */
export function stepsIn(background: Background | undefined): RunStep {
  if (background === undefined) return (step) => step();
  return async (step) => {
    const outcome = await background.run(step);
    if (outcome.status === 'done') return outcome.value;
    if (outcome.status === 'failed') throw outcome.error;
    throw new UpdateError('step-not-run', `update: a step did not run in the background: ${outcome.message}`);
  };
}
