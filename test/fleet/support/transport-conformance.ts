import { expect, it } from 'vitest';
import type { Transport, TransportOptions } from '../../../sdk/fleet/transports/types.ts';
import { afterTest, until } from './fleet-fixture.ts';

/** A broker that a transport can be tried on. */
export interface ConformanceBroker {
  open(options: TransportOptions): Transport;
  /** Cuts all connections as a failing network does. */
  cut(): void;
  /** Lets clients come back. */
  resume(): void;
  close(): unknown;
}

const text = (value: string): Uint8Array => Buffer.from(value);

/** What every transport must do. */
export function describeTransport(start: () => Promise<ConformanceBroker>): void {
  const setUp = async () => {
    const broker = await start();
    afterTest(() => broker.close());
    const connect = async (clientId: string, options: Partial<TransportOptions> = {}) => {
      const seen: string[] = [];
      const log: string[] = [];
      const transport = broker.open({
        url: '', clientId,
        connected: () => void log.push('connected'),
        disconnected: () => void log.push('disconnected'),
        message: (topic, payload) => void seen.push(`${topic} ${Buffer.from(payload).toString()}`),
        ...options,
      });
      expect(log).toEqual([]);
      afterTest(() => transport.close());
      await until(() => log.includes('connected'), `${clientId} connected`);
      return { transport, seen, log };
    };
    return { broker, connect };
  };

  it('delivers to exact and + filters, QoS 0 and 1, also empty and binary payloads', async () => {
    const { connect } = await setUp();
    const [sender, receiver] = [await connect('sender'), await connect('receiver')];
    await receiver.transport.subscribe('m/t/b/+/need', 0);
    await receiver.transport.subscribe('m/t/exact', 1);
    await sender.transport.publish('m/t/b/one/need', text('1'), { qos: 1 });
    await sender.transport.publish('m/t/exact', text(''), { qos: 0 });
    await sender.transport.publish('m/t/other', text('x'), { qos: 1 });
    await sender.transport.publish('m/t/b/two/need', text('2'), { qos: 0 });
    await until(() => receiver.seen.length === 3, 'three messages');
    expect(receiver.seen).toEqual(['m/t/b/one/need 1', 'm/t/exact ', 'm/t/b/two/need 2']);
  });

  it('keeps retained messages for later subscribers, and the newest only', async () => {
    const { connect } = await setUp();
    const sender = await connect('sender');
    await sender.transport.publish('m/t/kept', text('old'), { qos: 1, retain: true });
    await sender.transport.publish('m/t/kept', text('new'), { qos: 1, retain: true });
    await sender.transport.publish('m/t/passing', text('x'), { qos: 1 });
    const late = await connect('late');
    await late.transport.subscribe('m/t/+', 1);
    await until(() => late.seen.length > 0, 'retained message');
    expect(late.seen).toEqual(['m/t/kept new']);
  });

  it('stops after unsubscribe', async () => {
    const { connect } = await setUp();
    const [sender, receiver] = [await connect('sender'), await connect('receiver')];
    await receiver.transport.subscribe('m/t/a', 1);
    await receiver.transport.subscribe('m/t/b', 1);
    receiver.transport.unsubscribe('m/t/a');
    await sender.transport.publish('m/t/b', text('before'), { qos: 1 });
    await until(() => receiver.seen.length > 0, 'first message');
    await sender.transport.publish('m/t/a', text('x'), { qos: 1 });
    await sender.transport.publish('m/t/b', text('y'), { qos: 1 });
    await until(() => receiver.seen.length > 1, 'second message');
    expect(receiver.seen).toEqual(['m/t/b before', 'm/t/b y']);
  });

  it('refuses to publish offline, comes back by itself with its subscriptions, and takes new ones meanwhile', async () => {
    const { broker, connect } = await setUp();
    const { transport, seen, log } = await connect('one');
    await transport.subscribe('m/t/a', 1);
    broker.cut();
    await until(() => log.includes('disconnected'), 'disconnected');
    await expect(transport.publish('m/t/a', text('lost'), { qos: 1 })).rejects.toMatchObject({ name: 'UpdateError', code: 'offline' });
    await transport.subscribe('m/t/b', 0);
    broker.resume();
    await until(() => log.filter((entry) => entry === 'connected').length === 2, 'connected again', 15_000);
    await transport.publish('m/t/a', text('1'), { qos: 1 });
    await transport.publish('m/t/b', text('2'), { qos: 1 });
    await until(() => seen.length === 2, 'messages');
    expect(seen.sort()).toEqual(['m/t/a 1', 'm/t/b 2']);
  });

  it('settles a publish that is under way when the connection is cut', async () => {
    const { broker, connect } = await setUp();
    const { transport } = await connect('one');
    const publish = () => transport.publish('m/t/a', new Uint8Array(100_000), { qos: 1 }).then(() => 'sent', () => 'offline');
    const publishing = Array.from({ length: 20 }, publish);
    broker.cut();
    for (const outcome of await Promise.all(publishing)) expect(['sent', 'offline']).toContain(outcome);
  });

  it('has its will published when it is cut off, a new one for every connection, and none when it closes', async () => {
    const { broker, connect } = await setUp();
    let connections = 0;
    const { transport, log } = await connect('one', { will: () => ({ topic: 'm/t/will', payload: text(`will ${++connections}`) }) });
    broker.cut();
    broker.resume();
    const watcher = await connect('watcher');
    await watcher.transport.subscribe('m/t/will', 1);
    await until(() => watcher.seen.includes('m/t/will will 1'), 'the will', 15_000);
    await until(() => log.filter((entry) => entry === 'connected').length === 2, 'connected again', 15_000);
    expect(connections).toBeGreaterThanOrEqual(2);
    await transport.close();
    await watcher.transport.publish('m/t/will', text('end'), { qos: 1 });
    await until(() => watcher.seen.includes('m/t/will end'), 'the end');
    expect(watcher.seen.filter((entry) => entry.includes('will will'))).toEqual(['m/t/will will 1']);
  });
}
