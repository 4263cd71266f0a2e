import { DeviceAgent } from '../../../sdk/fleet/agent.ts';
import type { AgentHost, AgentOptions } from '../../../sdk/fleet/agent-options.ts';
import { decodeBitmap, setBits } from '../../../sdk/fleet/bitmap.ts';
import { encodeChunk } from '../../../sdk/fleet/chunk.ts';
import { MESSAGE_BYTES, needSchema, parseMessage } from '../../../sdk/fleet/messages.ts';
import { blobOf, chunkLength, type Release } from '../../../sdk/fleet/release.ts';
import { eventLog } from './fleet-fixture.ts';
import { openFake, type FakeModel } from './fake-model.ts';
import { createMemoryBroker, type MemoryBroker } from './memory-broker.ts';
import { MemoryDisk } from './memory-file-system.ts';
import { createSignedFleet, offerOf, signTargets, topics, type SignedFleet } from './signed-fleet.ts';

export interface Published { readonly release: Release; readonly bytes: Uint8Array }

export const DEVICE_DIRECTORY = '/device';

export interface MemoryDevice {
  readonly agent: DeviceAgent<FakeModel>;
  readonly log: ReturnType<typeof eventLog>;
}

/** A fleet without network and clock: what is announced is offered, what devices ask for is sent at once. */
export interface MemoryFleet {
  readonly broker: MemoryBroker;
  readonly signed: SignedFleet;
  /** Chunk numbers sent, in order. */
  readonly sent: number[];
  announce(version: number, published: Published): void;
  agent(disk: MemoryDisk, options?: Partial<AgentOptions<FakeModel>>, host?: Partial<AgentHost>): MemoryDevice;
}

export function createMemoryFleet(signed = createSignedFleet()): MemoryFleet {
  const broker = createMemoryBroker();
  const sent: number[] = [];
  const blobs = new Map<string, Published>();
  const server = broker.open({
    url: 'memory://', clientId: 'server', connected: () => undefined, disconnected: () => undefined,
    message: (topic, payload) => {
      const published = blobs.get(topic.split('/')[3]!);
      if (!published) return;
      const { release, bytes } = published;
      const total = release.chunks.length;
      const missing = decodeBitmap(parseMessage(needSchema, payload, MESSAGE_BYTES.need, 'need').missing, total)!;
      for (const n of setBits(missing)) {
        sent.push(n);
        const chunk = bytes.subarray(n * release.chunkSize, n * release.chunkSize + chunkLength(release, n));
        void server.publish(topics.chunk(blobOf(release), n), encodeChunk({ blob: blobOf(release), n, total, bytes: chunk }), { qos: 0 });
      }
    },
  });
  void server.subscribe(topics.needs, 1);
  return {
    broker,
    signed,
    sent,
    announce: (version, published) => {
      blobs.set(blobOf(published.release), published);
      broker.inject(topics.targets, signTargets(signed.targetsKey, version, [published.release]), true);
      broker.inject(topics.offer('default', 'stable'), offerOf(published.release, version), true);
    },
    agent: (disk, options = {}, host = {}) => {
      const log = eventLog();
      const limits = { askDelayMs: 0, idleMs: 30, retryMs: 20, journalChunks: 2 };
      const agent = new DeviceAgent<FakeModel>(
        {
          directory: DEVICE_DIRECTORY, broker: 'memory://', id: 'one', trustAnchor: signed.root, limits,
          open: (bytes) => openFake(bytes), onEvent: log.onEvent, ...options,
        },
        { fileSystem: disk.fileSystem, transports: [broker], now: () => new Date(), ...host },
      );
      return { agent, log };
    },
  };
}

/** Long enough that a busy machine does not ask twice. */
export const CALM = { limits: { askDelayMs: 0, idleMs: 500, retryMs: 20, journalChunks: 2 } };

/** A fleet and a device that runs `published` already. */
export async function running(published: Published, options: Partial<AgentOptions<FakeModel>> = {}) {
  const fleet = createMemoryFleet();
  const disk = new MemoryDisk();
  fleet.announce(1, published);
  const device = fleet.agent(disk, options);
  await device.agent.start();
  await device.log.seen('committed');
  fleet.sent.length = 0;
  return { fleet, disk, ...device };
}
