import { createServer, type Socket } from 'node:net';
import * as v from 'valibot';
import { DeviceError } from '../core/errors.ts';
import { parseOptions } from '../core/options.ts';
import { MESSAGE_BYTES } from './messages.ts';
import { packetLimit } from './packet-limit.ts';

/** A broker inside this process, for development, demonstrations and one site; it keeps retained messages in memory only. */
export interface Broker {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

const MAX_PACKET_BYTES = MESSAGE_BYTES.targets + 65_536;
const MAX_CONNECTIONS = 10_000;

const schema = v.strictObject({
  host: v.optional(v.pipe(v.string(), v.nonEmpty()), '127.0.0.1'),
  port: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535)), 1883),
});

/**
 * Starts a broker that asks nobody for credentials: bind it to addresses of a trusted network only.
 * @param options.port TCP port, 0 for any free one
 * @throws OptionError for wrong options, DeviceError when it cannot listen there
 */
export async function startBroker(options: { host?: string; port?: number } = {}): Promise<Broker> {
  const { host, port } = parseOptions(schema, options, 'startBroker');
  const { Aedes } = await import('aedes');
  const aedes = await Aedes.createBroker();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    const tooLarge = packetLimit(MAX_PACKET_BYTES);
    aedes.handle(socket);
    socket.on('data', (piece: Uint8Array) => { if (tooLarge(piece) !== undefined) socket.destroy(); });
  });
  server.maxConnections = MAX_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const next = cause.code === 'EADDRNOTAVAIL' ? 'pass an address of this machine as --host' : 'choose another --port or stop what uses it';
      const error = new DeviceError('no-listen', `broker on ${host}:${port}: ${cause.code ?? cause.message}; ${next}`, { cause });
      aedes.close(() => reject(error));
    });
    server.listen(port, host, resolve);
  });
  const address = server.address();
  const bound = address !== null && typeof address === 'object' ? address.port : port;
  return {
    url: `mqtt://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    port: bound,
    close: async () => {
      await new Promise<void>((resolve) => aedes.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
