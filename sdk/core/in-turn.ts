const turns = new WeakMap<object, Promise<unknown>>();

/** Runs `work` when all earlier work with the same `owner` is done, such as that of tasks that share a model's input. A failure stops nothing after it. */
export function inTurn<T>(owner: object, work: () => Promise<T>): Promise<T> {
  const turn = (turns.get(owner) ?? Promise.resolve()).then(work);
  turns.set(owner, turn.catch(() => undefined));
  return turn;
}
