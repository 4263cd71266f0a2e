import { UpdateError } from '../../../sdk/core/errors.ts';
import type { Transport, TransportKind, TransportOptions } from '../../../sdk/fleet/transports/types.ts';

/** A broker without a network: `open` is a transport to it. */
export interface MemoryBroker extends TransportKind {
  readonly retained: ReadonlyMap<string, Uint8Array>;
  /** Changes or drops (undefined) messages on their way to the subscribers. */
  tamper: ((topic: string, payload: Uint8Array) => Uint8Array | undefined) | undefined;
  /** Publishes as an outsider. */
  inject(topic: string, payload: Uint8Array, retain?: boolean): void;
  /** Cuts every connection and publishes the wills; `resume()` lets clients come back. */
  cut(): void;
  resume(): void;
}

interface Client {
  readonly options: TransportOptions;
  readonly filters: Set<string>;
  will: { topic: string; payload: Uint8Array } | undefined;
  online: boolean;
  closed: boolean;
}

function matches(filter: string, topic: string): boolean {
  const [wanted, found] = [filter.split('/'), topic.split('/')];
  return wanted.length === found.length && wanted.every((level, index) => level === '+' || level === found[index]);
}

export function createMemoryBroker(): MemoryBroker {
  const retained = new Map<string, Uint8Array>();
  const clients = new Set<Client>();
  let up = true;

  const deliver = (client: Client, topic: string, payload: Uint8Array): void => {
    const changed = broker.tamper ? broker.tamper(topic, payload) : payload;
    if (changed) setImmediate(() => { if (client.online) client.options.message(topic, changed.slice()); });
  };
  const route = (topic: string, payload: Uint8Array, retain: boolean): void => {
    if (retain) retained.set(topic, payload);
    for (const client of clients) if ([...client.filters].some((filter) => matches(filter, topic))) deliver(client, topic, payload);
  };
  const replay = (client: Client, filter: string): void => {
    for (const [topic, payload] of retained) if (matches(filter, topic)) deliver(client, topic, payload);
  };
  const connect = (client: Client): void => {
    if (!up || client.closed || client.online) return;
    client.will = client.options.will?.();
    client.online = true;
    setImmediate(() => {
      if (!client.online) return;
      for (const filter of client.filters) replay(client, filter);
      client.options.connected();
    });
  };
  const broker: MemoryBroker = {
    name: 'memory',
    schemes: ['memory'],
    retained,
    tamper: undefined,
    inject: (topic, payload, retain = false) => route(topic, payload, retain),
    cut: () => {
      up = false;
      for (const client of clients) {
        if (!client.online) continue;
        client.online = false;
        if (client.will) route(client.will.topic, client.will.payload, true);
        client.options.disconnected('cut');
      }
    },
    resume: () => {
      up = true;
      for (const client of clients) connect(client);
    },
    open: (options): Transport => {
      const client: Client = { options, filters: new Set(), will: undefined, online: false, closed: false };
      clients.add(client);
      connect(client);
      return {
        publish: async (topic, payload, { retain = false }) => {
          if (!client.online) throw new UpdateError('offline', 'memory broker: not connected');
          route(topic, payload.slice(), retain);
          await new Promise((resolve) => { setImmediate(resolve); });
        },
        subscribe: async (filter) => {
          client.filters.add(filter);
          if (client.online) replay(client, filter);
        },
        unsubscribe: (filter) => void client.filters.delete(filter),
        close: async () => {
          client.closed = true;
          client.online = false;
          clients.delete(client);
        },
      };
    },
  };
  return broker;
}
