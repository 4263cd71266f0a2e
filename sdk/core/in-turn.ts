import { orAborted } from './on-abort.ts';

const turns = new WeakMap<object, Promise<unknown>>();

/**
 * Runs `work` when all earlier work with the same `owner` is done, such as that of tasks that share a model's input. A failure stops nothing after it.
 * @throws what `work` throws, and the signal's reason as soon as it is aborted while earlier work is waited for; `work` is called at its turn all the same,
 * with the signal aborted
 */
export function inTurn<T>(owner: object, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  const before = turns.get(owner) ?? Promise.resolve();
  const turn = before.then(work);
  turns.set(owner, turn.catch(() => undefined));
  return orAborted(before, signal).then(() => turn);
}
