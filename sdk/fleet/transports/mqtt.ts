import mqtt from 'mqtt';
import type { MqttClient } from 'mqtt';
import { OptionError, UpdateError } from '../../core/errors.ts';
import { MESSAGE_BYTES } from '../messages.ts';
import { packetLimit } from '../packet-limit.ts';
import { shownUrl } from '../shown-url.ts';
import type { Transport, TransportKind, TransportOptions } from './types.ts';

/** Times in milliseconds, sizes in bytes. */
const LIMITS = Object.freeze({
  connectMs: 10_000,
  keepAliveS: 30,
  /** Full jitter: a random time up to the bound, which doubles from the first to the most. */
  backOffMs: { first: 1000, most: 300_000 },
  /** A connection that lasts this long resets the back-off: a broker that accepts and kicks does not. */
  stableMs: 10_000,
  packetBytes: MESSAGE_BYTES.targets + 65_536,
});

/** MQTT 3.1.1 over TCP, TLS or WebSocket by MQTT.js: one client per connection, nothing kept between two but the subscriptions. */
export const mqttTransport: TransportKind = Object.freeze({
  name: 'mqtt',
  schemes: Object.freeze(['mqtt', 'mqtts', 'ws', 'wss']),
  open,
});

/** @throws OptionError for a URL without a host, which MQTT.js takes for this machine */
function open(options: TransportOptions): Transport {
  if (new URL(options.url).hostname === '') throw new OptionError('invalid-broker', `broker '${shownUrl(options.url)}': names no host; e.g. mqtt://127.0.0.1:1883`);
  const subscriptions = new Map<string, 0 | 1>();
  let client: MqttClient | undefined;
  let online = false;
  let closed = false;
  let backOff = LIMITS.backOffMs.first;
  let timer: NodeJS.Timeout | undefined;

  const offline = (cause?: unknown): UpdateError =>
    new UpdateError('offline', `broker ${shownUrl(options.url)}: not connected; it is tried again by itself`, { cause });

  const attempt = (): void => {
    const will = options.will?.();
    const next = mqtt.connect(options.url, {
      clientId: options.clientId, protocolVersion: 4, clean: true, keepalive: LIMITS.keepAliveS, connectTimeout: LIMITS.connectMs,
      reconnectPeriod: 0, queueQoSZero: false, resubscribe: false,
      ...(will && { will: { topic: will.topic, payload: Buffer.from(will.payload), qos: 1 as const, retain: true } }),
    });
    client = next;
    let reason = 'connection closed';
    let since = 0;
    const tooLarge = packetLimit(LIMITS.packetBytes);
    next.stream.on('data', (piece: Uint8Array) => {
      const size = tooLarge(piece);
      if (size === undefined) return;
      reason = `the broker sent a packet of ${size} bytes, allowed are ${LIMITS.packetBytes}`;
      next.stream.destroy();
    });
    next.on('error', (error) => { reason = error.message || String((error as NodeJS.ErrnoException).code); });
    next.on('message', (topic, payload) => { if (client === next) options.message(topic, payload); });
    next.on('connect', () => {
      if (closed) return;
      since = Date.now();
      const renew = [...subscriptions].map(([filter, qos]) => next.subscribeAsync(filter, { qos }));
      Promise.all(renew).then(() => {
        if (client !== next || closed || !next.connected) return;
        online = true;
        options.connected();
      }, () => next.stream.destroy());
    });
    next.once('close', () => {
      next.end(true);
      if (client !== next || closed) return;
      online = false;
      client = undefined;
      if (since > 0 && Date.now() - since >= LIMITS.stableMs) backOff = LIMITS.backOffMs.first;
      timer = setTimeout(attempt, Math.random() * backOff);
      backOff = Math.min(backOff * 2, LIMITS.backOffMs.most);
      options.disconnected(reason);
    });
  };
  attempt();

  return {
    publish: async (topic, payload, { qos, retain = false }) => {
      if (!client || !online) throw offline();
      await client.publishAsync(topic, Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength), { qos, retain })
        .catch((cause: unknown) => { throw offline(cause); });
    },
    subscribe: async (filter, qos) => {
      subscriptions.set(filter, qos);
      const current = client;
      if (current?.connected) await current.subscribeAsync(filter, { qos }).catch(() => current.stream.destroy());
    },
    unsubscribe: (filter) => {
      subscriptions.delete(filter);
      if (client?.connected) client.unsubscribeAsync(filter).catch(() => undefined);
    },
    close: async () => {
      closed = true;
      clearTimeout(timer);
      await client?.endAsync(!online);
      online = false;
    },
  };
}
