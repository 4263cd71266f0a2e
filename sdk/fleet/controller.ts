import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { UpdateError } from '../core/errors.ts';
import { parseOptions } from '../core/options.ts';
import { countBits, decodeBitmap } from './bitmap.ts';
import { announcementsOf, readCatalog, readChunk, type Catalog } from './catalog.ts';
import { causeOf } from './cause.ts';
import { createChunkServer, type ChunkServer } from './chunk-server.ts';
import { createDeviceTable, type DeviceRow, type DeviceTable } from './device-table.ts';
import { eventLimit } from './event-limit.ts';
import { openFleet, type FleetDirectory } from './fleet-directory.ts';
import { MESSAGE_BYTES, needSchema, parseMessage } from './messages.ts';
import { blobOf } from './release.ts';
import { topicLevel } from './topics.ts';
import { openTransport, transportFor } from './transports/index.ts';
import type { Transport } from './transports/types.ts';

const controllerSchema = v.strictObject({
  /** Directory made by `fleet init`. */
  directory: v.pipe(v.string(), v.nonEmpty()),
  broker: v.optional(v.string(), 'mqtt://127.0.0.1:1883'),
  /** Bytes of chunks sent each second. */
  bytesPerSecond: v.optional(v.pipe(v.number(), v.minValue(1024)), 8 << 20),
  /** Chunks on their way to the broker at the same time. */
  window: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(64)), 8),
  /** Time to collect requests before chunks are sent (ms). */
  mergeMs: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)), 50),
  onEvent: v.optional(v.function()),
});

/** What a controller sees. */
export type ControllerEvent =
  | { readonly event: 'connected' | 'closed' }
  | { readonly event: 'disconnected'; readonly reason: string }
  | { readonly event: 'announced'; readonly metadataVersion: number; readonly releases: number }
  | { readonly event: 'asked'; readonly device: string; readonly sha256: string; readonly chunks: number }
  | { readonly event: 'device'; readonly device: DeviceRow }
  /** A message that is not followed, or a chunk that could not be sent. */
  | { readonly event: 'refused'; readonly code: string; readonly message: string; readonly suppressed?: number };

export interface ControllerOptions extends Omit<v.InferInput<typeof controllerSchema>, 'onEvent'> {
  readonly onEvent?: (event: ControllerEvent) => void;
}

/** Shortest time between two looks at the repository that messages from outside can cause (ms). */
const RELOAD_MS = 1000;
const REFUSALS_PER_SECOND = 20;

/** Offers what the fleet directory holds, sends the chunks that devices miss, and keeps the table of devices. */
export class Controller {
  readonly #options: v.InferOutput<typeof controllerSchema>;
  readonly #onEvent: ControllerOptions['onEvent'];
  readonly #devices: DeviceTable = createDeviceTable();
  readonly #allow = eventLimit(['refused'], REFUSALS_PER_SECOND, Date.now);
  #fleet: FleetDirectory | undefined;
  #catalog: Catalog | undefined;
  #transport: Transport | undefined;
  #chunks: ChunkServer | undefined;
  #reloaded = 0;
  #reloading: Promise<void> | undefined;
  #guard: NodeJS.Timeout | undefined;
  #closed = false;

  /** @throws OptionError */
  constructor(options: ControllerOptions) {
    this.#options = parseOptions(controllerSchema, options, 'Controller');
    transportFor(this.#options.broker);
    this.#onEvent = options.onEvent;
  }

  /**
   * Returns when the directory is read; the broker is connected to in the background.
   * @throws OptionError or UpdateError when the directory is not a fleet or its repository is not signed by its keys
   */
  async start(): Promise<void> {
    const fleet = await openFleet(this.#options.directory);
    this.#fleet = fleet;
    this.#catalog = await readCatalog(fleet);
    const { broker, window, bytesPerSecond, mergeMs } = this.#options;
    const transport = openTransport({
      url: broker,
      clientId: `c-${randomBytes(8).toString('hex')}`,
      connected: () => {
        this.#emit({ event: 'connected' });
        this.#announce();
      },
      disconnected: (reason) => this.#emit({ event: 'disconnected', reason }),
      message: (topic, payload) => this.#message(fleet, topic, payload),
    });
    this.#transport = transport;
    this.#chunks = createChunkServer({
      window, bytesPerSecond, mergeMs,
      read: (release, n) => readChunk(fleet, release, n),
      publish: (release, n, packet) => transport.publish(fleet.topics.chunk(blobOf(release), n), packet, { qos: 1 }),
      failed: (error) => this.#refuse(error),
    });
    const { needs, reports, targets, offers } = fleet.topics;
    for (const filter of [needs, reports, targets, offers]) void transport.subscribe(filter, 1);
  }

  /** Devices known since the start, sorted by id. */
  get devices(): DeviceRow[] {
    return this.#devices.rows();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#guard);
    await this.#chunks?.close();
    await this.#transport?.close();
    this.#emit({ event: 'closed' });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #message(fleet: FleetDirectory, topic: string, payload: Uint8Array): void {
    if (this.#closed) return;
    const kind = topicLevel(topic, 2);
    if (kind === 'b') this.#need(topicLevel(topic, 3), payload).catch((error: unknown) => this.#refuse(error));
    else if (kind === 'd') this.#report(topicLevel(topic, 3), payload);
    else this.#watch(fleet, topic, payload);
  }

  async #need(blob: string, payload: Uint8Array): Promise<void> {
    const { device, total, missing } = parseMessage(needSchema, payload, MESSAGE_BYTES.need, 'request for chunks');
    if (!this.#catalog?.blobs.has(blob)) await this.#reload();
    const release = this.#catalog?.blobs.get(blob);
    if (!release) throw new UpdateError('unknown-blob', `request for chunks of ${blob.slice(0, 16)}: not in the repository; it is ignored`);
    const bits = total === release.chunks.length ? decodeBitmap(missing, total) : undefined;
    if (!bits) {
      throw new UpdateError('malformed-message', `request for chunks of ${blob}: bitmap is not one of ${release.chunks.length} bits; it is ignored`);
    }
    this.#emit({ event: 'asked', device, sha256: release.sha256, chunks: countBits(bits) });
    this.#chunks?.ask(release, bits);
  }

  #report(device: string, payload: Uint8Array): void {
    try {
      const row = this.#devices.take(device, payload);
      if (row) this.#emit({ event: 'device', device: row });
    } catch (error) {
      this.#refuse(error);
    }
  }

  /** Retained messages of others in this fleet's topics would keep new devices from its releases: they are replaced. */
  #watch(fleet: FleetDirectory, topic: string, payload: Uint8Array): void {
    const differs = (): boolean => {
      const own = this.#catalog ? announcementsOf(fleet, this.#catalog).find((announcement) => announcement.topic === topic) : undefined;
      return own !== undefined && Buffer.compare(own.payload, payload) !== 0;
    };
    if (!differs() || this.#guard) return;
    this.#guard = setTimeout(() => {
      this.#guard = undefined;
      this.#reload().then(() => { if (differs()) this.#announce(); }, (error: unknown) => this.#refuse(error));
    }, RELOAD_MS);
  }

  /** Reads the repository again, at most once in a while: another process publishes into it. */
  #reload(): Promise<void> {
    this.#reloading ??= this.#read().finally(() => { this.#reloading = undefined; });
    return this.#reloading;
  }

  async #read(): Promise<void> {
    if (!this.#fleet || Date.now() - this.#reloaded < RELOAD_MS) return;
    this.#reloaded = Date.now();
    this.#catalog = await readCatalog(this.#fleet);
  }

  #announce(): void {
    const { targets, releases = [] } = this.#catalog ?? {};
    const transport = this.#transport;
    if (!this.#fleet || !this.#catalog || !targets || !transport) return;
    const { version } = targets.signed;
    const sent = announcementsOf(this.#fleet, this.#catalog).map(({ topic, payload }) => transport.publish(topic, payload, { qos: 1, retain: true }));
    Promise.all(sent).then(
      () => this.#emit({ event: 'announced', metadataVersion: version, releases: releases.length }),
      (error: unknown) => this.#refuse(error),
    );
  }

  #refuse(error: unknown): void {
    const suppressed = this.#allow({ event: 'refused' });
    if (suppressed !== undefined) this.#emit({ event: 'refused', ...causeOf(error), ...(suppressed > 0 && { suppressed }) });
  }

  #emit(event: ControllerEvent): void {
    this.#onEvent?.(event);
  }
}
