import { setTimeout as delay } from 'node:timers/promises';
import { clearBit, createBitmap, hasBit, setBit, setBits, type Bitmap } from './bitmap.ts';
import type { Release } from './release.ts';

export interface ChunkServerOptions {
  /** The packet of a chunk. */
  readonly read: (release: Release, n: number) => Promise<Uint8Array>;
  /** Returns when the broker has it. */
  readonly publish: (release: Release, n: number, packet: Uint8Array) => Promise<void>;
  /** Told what could not be read or sent; devices ask again. */
  readonly failed: (error: unknown) => void;
  /** Publishes under way at the same time: the broker's acknowledgements are the clock. */
  readonly window: number;
  readonly bytesPerSecond: number;
  /** Time to collect requests before chunks are sent (ms). */
  readonly mergeMs: number;
}

/** Sends the chunks that devices miss, each once for all who asked meanwhile. */
export interface ChunkServer {
  /** Adds to what is to be sent; `missing` has one bit for each chunk of the release. */
  ask(release: Release, missing: Bitmap): void;
  /** Ends when the publishes under way are done. */
  close(): Promise<void>;
}

interface Queue { readonly release: Release; readonly wanted: Bitmap }

export function createChunkServer({ read, publish, failed, window, bytesPerSecond, mergeMs }: ChunkServerOptions): ChunkServer {
  const queues = new Map<string, Queue>();
  const underWay = new Set<Promise<void>>();
  let sending: Promise<void> | undefined;
  let nextAt = 0;
  let closed = false;

  const send = async ({ release, wanted }: Queue, n: number): Promise<void> => {
    clearBit(wanted, n);
    const packet = await read(release, n);
    const wait = nextAt - Date.now();
    if (wait > 0) await delay(wait);
    nextAt = Math.max(nextAt, Date.now()) + (packet.length / bytesPerSecond) * 1000;
    while (underWay.size >= window) await Promise.race(underWay);
    const published: Promise<void> = publish(release, n, packet).catch(failed).finally(() => underWay.delete(published));
    underWay.add(published);
  };
  const sendAll = async (): Promise<void> => {
    await delay(mergeMs);
    // One chunk of each blob in turn: a long transfer does not hold up a short one.
    while (queues.size > 0) {
      for (const [key, queue] of queues) {
        const first = setBits(queue.wanted).next();
        if (first.done) queues.delete(key);
        else await send(queue, first.value).catch(failed);
      }
    }
    sending = undefined;
  };
  return {
    ask: (release, missing) => {
      if (closed) return;
      const queue = queues.get(release.sha256) ?? { release, wanted: createBitmap(release.chunks.length) };
      for (let n = 0; n < missing.size; n++) if (hasBit(missing, n)) setBit(queue.wanted, n);
      queues.set(release.sha256, queue);
      sending ??= sendAll();
    },
    close: async () => {
      closed = true;
      queues.clear();
      await sending;
      await Promise.all(underWay);
    },
  };
}
