import type { Model } from '../../model.ts';
import type { Port } from '../../runtime/types.ts';

/** What is used of a model. */
export type TimedModel = Pick<Model, 'run' | 'runSync' | 'resetState'>;

/**
 * The outputs of the first inference of a filled model and the milliseconds that it takes without the start of worker threads: these start in an
 * inference before, whose states are forgotten. One thread is the calling one.
 */
export async function timeRun(model: TimedModel, threads: number): Promise<{ outputs: readonly Port[]; ms: number }> {
  if (threads > 1) {
    await model.run();
    model.resetState();
  }
  const start = performance.now();
  const { outputs } = threads > 1 ? await model.run() : model.runSync();
  return { outputs, ms: performance.now() - start };
}
