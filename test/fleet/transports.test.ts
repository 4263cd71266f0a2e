import { createServer, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { startBroker } from '../../sdk/fleet/broker.ts';
import { openTransport, transports } from '../../sdk/fleet/transports/index.ts';
import { startProxy } from './support/cuttable-proxy.ts';
import { afterTest, until } from './support/fleet-fixture.ts';
import { createMemoryBroker } from './support/memory-broker.ts';
import { hasMosquitto, startMosquitto } from './support/mosquitto.ts';
import { describeTransport, type ConformanceBroker } from './support/transport-conformance.ts';

const overProxy = async (broker: { port: number; close(): unknown }): Promise<ConformanceBroker> => {
  const proxy = await startProxy(broker.port);
  const open: ConformanceBroker['open'] = (options) => openTransport({ ...options, url: proxy.url });
  return { open, cut: () => proxy.cut(), resume: () => proxy.resume(), close: () => broker.close() };
};

describe('memory transport of the tests', () => {
  describeTransport(async () => {
    const broker = createMemoryBroker();
    return { open: (options) => broker.open(options), cut: () => broker.cut(), resume: () => broker.resume(), close: () => undefined };
  });
});

describe('mqtt transport over the embedded broker', () => {
  describeTransport(async () => overProxy(await startBroker({ port: 0 })));
});

describe.skipIf(!hasMosquitto)('mqtt transport over Mosquitto', () => {
  describeTransport(async () => overProxy(await startMosquitto()));
});

describe('transport registry', () => {
  const handlers = { clientId: 'x', connected: () => undefined, disconnected: () => undefined, message: () => undefined };

  it('names the schemes that are served', () => {
    expect(transports.map(({ name }) => name)).toEqual(['mqtt']);
    expect(() => openTransport({ url: 'http://x', ...handlers })).toThrow("broker 'http://x': allowed are URLs beginning with mqtt://, mqtts://");
    expect(() => openTransport({ url: 'nonsense', ...handlers })).toThrow(/allowed are URLs/);
    expect(() => openTransport({ url: 'mqtt://', ...handlers })).toThrow("broker 'mqtt://': names no host");
  });
});

describe('hostile peers', () => {
  it('a broker that announces a packet of 200 MB is left before it arrives', async () => {
    const sockets: Socket[] = [];
    const server = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => undefined);
      socket.once('data', () => socket.write(Uint8Array.of(0x20, 2, 0, 0, 0x30, 0xff, 0xff, 0xff, 0x5f)));
    });
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    afterTest(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    const address = server.address();
    const reasons: string[] = [];
    const transport = openTransport({
      url: `mqtt://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`, clientId: 'x',
      connected: () => undefined, message: () => undefined, disconnected: (reason) => void reasons.push(reason),
    });
    afterTest(() => transport.close());
    await until(() => reasons.length > 0, 'disconnect');
    expect(reasons[0]).toMatch(/packet of 201326591 bytes, allowed are 5065536/);
  });

  it('a client that sends a packet of 8 MB is cut off by the embedded broker', async () => {
    const broker = await startBroker({ port: 0 });
    afterTest(() => broker.close());
    const log: string[] = [];
    const transport = openTransport({
      url: broker.url, clientId: 'x', message: () => undefined,
      connected: () => void log.push('connected'), disconnected: () => void log.push('disconnected'),
    });
    afterTest(() => transport.close());
    await until(() => log.includes('connected'), 'connected');
    await expect(transport.publish('m/t/x', new Uint8Array(8 << 20), { qos: 1 })).rejects.toMatchObject({ code: 'offline' });
    await until(() => log.includes('disconnected'), 'disconnected');
  });
});
