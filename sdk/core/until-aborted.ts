import { orAborted } from './on-abort.ts';

/** The items of a source. @throws the signal's reason as soon as it is aborted, also while the source is silent */
export async function* untilAborted<Item>(source: AsyncIterable<Item>, signal: AbortSignal | undefined): AsyncGenerator<Item> {
  if (!signal) {
    yield* source;
    return;
  }
  const iterator = source[Symbol.asyncIterator]();
  try {
    while (true) {
      signal.throwIfAborted();
      const next = await orAborted(iterator.next(), signal);
      if (next.done) return;
      yield next.value;
    }
  } finally {
    // A generator that waits for its own source only returns when that gives something.
    const returned = Promise.resolve(iterator.return?.()).catch(() => undefined);
    if (!signal.aborted) await returned;
  }
}
