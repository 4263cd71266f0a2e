import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { DeviceAgent } from '../../../sdk/fleet/agent.ts';
import { encodeChunk } from '../../../sdk/fleet/chunk.ts';
import { Controller, type ControllerEvent } from '../../../sdk/fleet/controller.ts';
import { initFleet } from '../../../sdk/fleet/fleet-directory.ts';
import { Publisher } from '../../../sdk/fleet/publisher.ts';
import { readDevices } from '../../../sdk/fleet/read-devices.ts';
import { openTransport } from '../../../sdk/fleet/transports/index.ts';
import { afterTest, eventLog, temporaryDirectory, until } from './fleet-fixture.ts';
import { modelFile, openFake, openWrong, type FakeModel } from './fake-model.ts';

export interface TestBroker {
  readonly url: string;
  close(): Promise<unknown>;
}

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const FAST = { askDelayMs: 20, idleMs: 150, retryMs: 200 };

/** The whole path against a real broker: the cases that need a network between the parts. */
export function describeUpdatePath(start: () => Promise<TestBroker>): void {
  const setUp = async () => {
    const broker = await start();
    afterTest(() => broker.close());
    const directory = await temporaryDirectory();
    const fleet = await initFleet(join(directory, 'fleet'), { tenant: 'acme' });
    const seen: ControllerEvent[] = [];
    const controller = new Controller({ directory: join(directory, 'fleet'), broker: broker.url, onEvent: (event) => void seen.push(event) });
    await controller.start();
    afterTest(() => controller.close());
    const publisher = new Publisher({ directory: join(directory, 'fleet'), broker: broker.url });
    const publish = (label: string, open: typeof openWrong = openFake) =>
      publisher.publish({ bytes: modelFile(label), name: 'person', version: label, format: 'fake', chunkSize: 4096, open: (bytes) => open(bytes) });
    const device = async (id: string) => {
      const log = eventLog();
      const agent = new DeviceAgent<FakeModel>({
        directory: join(directory, id), broker: broker.url, id, trustAnchor: fleet.root, limits: FAST,
        open: (bytes) => openFake(bytes), onEvent: log.onEvent,
      });
      afterTest(() => agent.close());
      await agent.start();
      return { agent, log };
    };
    return { broker, directory, fleet, controller, seen, publish, device };
  };

  it('brings a release to devices, proves it, switches and reports the hash of what is loaded', async () => {
    const { broker, controller, publish, device } = await setUp();
    const first = await publish('1.0');
    const [one, two] = await Promise.all([device('one'), device('two')]);
    await Promise.all([one.log.seen('committed'), two.log.seen('committed')]);
    expect(await one.agent.model.use(({ model }) => model.label)).toBe('1.0');
    const second = await publish('2.0');
    await Promise.all([one.log.seen('committed', 2), two.log.seen('committed', 2)]);
    expect(await two.agent.model.use(({ model }) => model.label)).toBe('2.0');
    expect(second).toMatchObject({ counter: first.counter + 1, metadataVersion: 2, sha256: digest(modelFile('2.0')) });
    await until(() => controller.devices.filter(({ state, version }) => state === 'committed' && version === '2.0').length === 2, 'reports of both');
    const rows = await readDevices({ broker: broker.url, tenant: 'acme', quietMs: 200 });
    expect(rows).toMatchObject(['one', 'two'].map((id) => ({
      id, state: 'committed', model: 'person', version: '2.0', sha256: second.sha256, slot: 'b', rollback: null, lastError: null, metadataVersion: 2,
    })));
    expect(rows[0]!.selfTest).toMatch(/^[0-9a-f]{64}$/);
    expect(rows[0]!.bytesReceived).toBeGreaterThanOrEqual(40_000);
  });

  it('follows a release published while the device was away, and one while the controller was away', async () => {
    const { directory, broker, controller, publish, device } = await setUp();
    await publish('1.0');
    const early = await device('one');
    await early.log.seen('committed');
    await early.agent.close();
    await controller.close();
    await publish('2.0');
    const late = await device('one');
    expect(await late.agent.model.use(({ model }) => model.label)).toBe('1.0');
    await late.log.seen('asked', 2);
    const again = new Controller({ directory: join(directory, 'fleet'), broker: broker.url });
    await again.start();
    afterTest(() => again.close());
    await late.log.seen('committed');
    expect(late.agent.report).toMatchObject({ version: '2.0', state: 'committed' });
  });

  it('refuses a chunk that an outsider sends and takes the right one', async () => {
    const { broker, fleet, publish, device } = await setUp();
    const sent = new Set<string>();
    const hostile = openTransport({
      url: broker.url, clientId: 'hostile', connected: () => undefined, disconnected: () => undefined,
      message: (topic) => {
        const blob = topic.split('/')[3]!;
        sent.add(blob);
        const chunk = { blob, n: 0, total: 5, bytes: new Uint8Array(4096).fill(7) };
        void hostile.publish(fleet.topics.chunk(blob, 0), encodeChunk(chunk), { qos: 1 });
        void hostile.publish(fleet.topics.chunk(blob, 1), Buffer.from('not a chunk'), { qos: 1 });
      },
    });
    afterTest(() => hostile.close());
    await hostile.subscribe(fleet.topics.needs, 1);
    const { log, agent } = await device('one');
    await publish('1.0');
    await log.seen('committed');
    expect(sent.size).toBe(1);
    expect(new Set(log.named('chunk-refused').map(({ code }) => code))).toEqual(new Set(['wrong-chunk', 'broken-chunk']));
    expect(agent.report.sha256).toBe(digest(modelFile('1.0')));
  });

  it('refuses metadata signed with another key, and the controller puts the right metadata back', async () => {
    const { broker, directory, seen, publish, device } = await setUp();
    await publish('1.0');
    const { agent, log } = await device('one');
    await log.seen('committed');
    await initFleet(join(directory, 'other'), { tenant: 'acme' });
    const other = new Publisher({ directory: join(directory, 'other'), broker: broker.url });
    await other.publish({ bytes: modelFile('3.0'), name: 'person', version: '3.0', format: 'fake', open: (bytes) => openFake(bytes) });
    await log.seen('refused');
    expect(log.named('refused')[0]).toMatchObject({ code: 'wrong-signature' });
    expect(agent.report).toMatchObject({ version: '1.0', state: 'committed', lastError: expect.objectContaining({ message: expect.any(String) }) });
    const before = seen.filter(({ event }) => event === 'announced').length;
    await until(() => seen.filter(({ event }) => event === 'announced').length > before, 'announced again');
    const late = await device('late');
    await late.log.seen('committed');
    expect(late.agent.report.version).toBe('1.0');
  });

  it('rolls back a release whose self-test fails and stays on the one before, also after a restart', async () => {
    const { publish, device } = await setUp();
    await publish('2.0');
    const { agent, log } = await device('one');
    await log.seen('committed');
    const bad = await publish('4.0', openWrong);
    await log.seen('rolled-back');
    expect(log.named('rolled-back')[0]).toMatchObject({ code: 'self-test-failed', version: '4.0' });
    expect(agent.report).toMatchObject({ state: 'rolled-back', version: '2.0', rollback: { counter: bad.counter, sha256: bad.sha256 } });
    await agent.close();
    const again = await device('one');
    await again.log.seen('connected');
    await new Promise((resolve) => { setTimeout(resolve, 300); });
    expect(again.log.events.map(({ event }) => event)).toEqual(['started', 'connected']);
    expect(again.agent.report).toMatchObject({ state: 'committed', version: '2.0' });
    await publish('5.0');
    await again.log.seen('committed');
    expect(again.agent.report).toMatchObject({ version: '5.0', rollback: null });
  });
}
