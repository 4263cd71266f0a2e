import { UpdateError } from '../core/errors.ts';
import type { AgentEventBody } from './agent-event.ts';
import type { AgentLimits } from './agent-options.ts';
import type { RunStep } from './background.ts';
import { clearBit, countBits, encodeBitmap, hasBit, inverseOf } from './bitmap.ts';
import { decodeChunk } from './chunk.ts';
import type { Download } from './download.ts';
import { encodeMessage, excerpt, type Need } from './messages.ts';
import { blobOf, chunkLength, type Release } from './release.ts';
import { sha256 } from './sha256.ts';
import { topicLevel, type Topics } from './topics.ts';
import type { Transport } from './transports/types.ts';

export interface TransferOptions {
  readonly release: Release;
  readonly download: Download;
  readonly device: string;
  readonly topics: Topics;
  readonly transport: Transport;
  readonly limits: AgentLimits;
  readonly runStep: RunStep;
  readonly signal: AbortSignal;
  readonly emit: (event: AgentEventBody) => void;
  /** Told the size of every chunk message that arrives. */
  readonly received: (bytes: number) => void;
}

/** Chunks of one blob on their way to the medium. */
export interface Transfer {
  /** Settles when every chunk is written, a write failed, or the signal was raised; no write goes on after it. */
  readonly done: Promise<void>;
  /** Takes a message of the blob's topics. */
  accept(topic: string, payload: Uint8Array): void;
  /** Asks again: what was under way is lost. */
  reconnected(): void;
}

/** Asks for the missing chunks of a release, checks each one alone and hands it to the download. */
export function startTransfer({ release, download, device, topics, transport, limits, runStep, signal, emit, received }: TransferOptions): Transfer {
  const blob = blobOf(release);
  const total = release.chunks.length;
  const queued = new Map<number, Uint8Array>();
  let idleMs = limits.idleMs;
  let timer: NodeJS.Timeout | undefined;
  let ended = false;
  let writing: Promise<void> | undefined;
  let settle: (error?: unknown) => void = () => undefined;

  const missing = () => {
    const bits = inverseOf(download.have);
    for (const n of queued.keys()) clearBit(bits, n);
    return bits;
  };
  const askIn = (delayMs: number): void => {
    clearTimeout(timer);
    if (!ended) timer = setTimeout(ask, delayMs);
  };
  const ask = (): void => {
    const bits = missing();
    const chunks = countBits(bits);
    askIn(idleMs * (0.75 + Math.random() / 2));
    idleMs = Math.min(idleMs * 2, limits.mostIdleMs);
    if (chunks === 0) return;
    const need: Need = { v: 1, device, total, missing: encodeBitmap(bits) };
    transport.publish(topics.need(blob), encodeMessage(need), { qos: 1 }).then(() => emit({ event: 'asked', chunks }), () => undefined);
  };
  const write = async (): Promise<void> => {
    for (const [n, bytes] of queued) {
      await runStep(() => download.write(n, bytes));
      queued.delete(n);
      if (ended) return;
    }
  };
  const pump = (): void => {
    writing ??= write().then(
      () => {
        writing = undefined;
        if (countBits(download.have) === total) settle();
        else if (queued.size > 0 && !ended) pump();
      },
      (error: unknown) => {
        writing = undefined;
        settle(error);
      },
    );
  };
  const accept = (n: string, payload: Uint8Array): void => {
    const chunk = decodeChunk(payload);
    const length = chunkLength(release, chunk.n);
    if (chunk.blob !== blob || chunk.total !== total || String(chunk.n) !== n || chunk.bytes.length !== length) {
      const what = `chunk ${chunk.n}/${chunk.total} of ${chunk.blob}, ${chunk.bytes.length} bytes`;
      throw new UpdateError('broken-chunk', `${what}: does not belong to chunk ${excerpt(n, 8)}/${total} of ${blob}; it is dropped`);
    }
    if (hasBit(download.have, chunk.n) || queued.has(chunk.n) || queued.size >= limits.queuedChunks) return;
    const found = sha256(chunk.bytes);
    if (found !== release.chunks[chunk.n]) {
      const what = `chunk ${chunk.n}/${total} of ${blob}: SHA-256 is ${found}, signed is ${release.chunks[chunk.n]}`;
      throw new UpdateError('wrong-chunk', `${what}; it is dropped and asked for again`);
    }
    queued.set(chunk.n, chunk.bytes);
    idleMs = limits.idleMs;
    askIn(idleMs);
    pump();
  };

  const done = new Promise<void>((resolve, reject) => {
    const abort = (): void => settle(signal.reason);
    settle = (error) => {
      if (ended) return;
      ended = true;
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      transport.unsubscribe(topics.chunks(blob));
      void Promise.resolve(writing).then(() => (error === undefined ? resolve() : reject(error as Error)));
    };
    signal.addEventListener('abort', abort);
    if (signal.aborted) abort();
    else if (countBits(download.have) === total) settle();
    else void transport.subscribe(topics.chunks(blob), 0).then(() => askIn(Math.random() * limits.askDelayMs));
  });

  return {
    done,
    accept: (topic, payload) => {
      const n = topicLevel(topic, 4);
      if (ended || n === 'need' || topicLevel(topic, 3) !== blob) return;
      received(payload.length);
      try {
        accept(n, payload);
      } catch (error) {
        if (!(error instanceof UpdateError)) throw error;
        emit({ event: 'chunk-refused', code: error.code, message: error.message });
      }
    },
    reconnected: () => {
      idleMs = limits.idleMs;
      askIn(Math.random() * limits.askDelayMs);
    },
  };
}
