interface Waiting {
  readonly listeners: Set<() => void>;
  readonly abort: () => void;
}

const waiting = new WeakMap<AbortSignal, Waiting>();

function listenTo(signal: AbortSignal): Waiting {
  const listeners = new Set<() => void>();
  const abort = (): void => {
    waiting.delete(signal);
    for (const listener of listeners) listener();
  };
  signal.addEventListener('abort', abort, { once: true });
  return { listeners, abort };
}

/**
 * Calls `listener` when the signal is aborted from now on. A signal gets one listener however many wait for it, as Node 20 warns of more than ten.
 * @param listener another function each time; must not throw
 * @returns what ends the waiting; to be called once there is nothing left to abort
 */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
  let own = waiting.get(signal);
  if (!own) waiting.set(signal, own = listenTo(signal));
  const { listeners, abort } = own;
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0 || waiting.get(signal)?.listeners !== listeners) return;
    waiting.delete(signal);
    signal.removeEventListener('abort', abort);
  };
}

/** The promise, but for a rejection with the signal's reason as soon as it is aborted; what was begun goes on unseen. */
export function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    if (signal.aborted) abort();
    const end = signal.aborted ? () => undefined : onAbort(signal, abort);
    void promise.then(resolve, reject).finally(end);
  });
}
