import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createBitmap, setBit } from '../../sdk/fleet/bitmap.ts';
import { startBroker } from '../../sdk/fleet/broker.ts';
import { createChunkServer } from '../../sdk/fleet/chunk-server.ts';
import { Controller, type ControllerEvent } from '../../sdk/fleet/controller.ts';
import { createDeviceTable } from '../../sdk/fleet/device-table.ts';
import { exclusively } from '../../sdk/fleet/exclusive.ts';
import { initFleet, openFleet } from '../../sdk/fleet/fleet-directory.ts';
import { encodeMessage, type DeviceReport } from '../../sdk/fleet/messages.ts';
import { Publisher, type Publication } from '../../sdk/fleet/publisher.ts';
import { ROLES } from '../../sdk/fleet/signing.ts';
import { connectOnce } from '../../sdk/fleet/connect-once.ts';
import { afterTest, temporaryDirectory, until } from './support/fleet-fixture.ts';
import { modelFile, openFake } from './support/fake-model.ts';
import { releaseFor } from './support/signed-fleet.ts';

const [{ release: one }, { release: two }] = [await releaseFor('1.0', 1), await releaseFor('2.0', 2)];

const bits = (size: number, ...set: number[]) => {
  const bitmap = createBitmap(size);
  for (const n of set) setBit(bitmap, n);
  return bitmap;
};

describe('chunk server', () => {
  const serve = (options: Partial<Parameters<typeof createChunkServer>[0]> = {}) => {
    const sent: string[] = [];
    const failures: unknown[] = [];
    const server = createChunkServer({
      window: 2, bytesPerSecond: 1e9, mergeMs: 10,
      read: async () => new Uint8Array(100),
      publish: async (release, n) => void sent.push(`${release.version}:${n}`),
      failed: (error) => void failures.push(error),
      ...options,
    });
    afterTest(() => server.close());
    return { server, sent, failures };
  };

  it('sends what several devices miss once, and blobs in turn', async () => {
    const { server, sent } = serve();
    server.ask(one, bits(5, 0, 3));
    server.ask(one, bits(5, 3, 4));
    server.ask(two, bits(5, 1, 2));
    await until(() => sent.length === 5, 'all sent');
    await delay(30);
    expect(sent).toEqual(['1.0:0', '2.0:1', '1.0:3', '2.0:2', '1.0:4']);
    server.ask(one, bits(5, 0));
    await until(() => sent.length === 6, 'asked again');
  });

  it('keeps a window of publishes under way', async () => {
    let underWay = 0;
    let most = 0;
    const { server, sent } = serve({
      publish: async (release, n) => {
        most = Math.max(most, ++underWay);
        await delay(5);
        underWay--;
        sent.push(`${release.version}:${n}`);
      },
    });
    server.ask(one, bits(5, 0, 1, 2, 3, 4));
    await until(() => sent.length === 5, 'all sent');
    expect(most).toBe(2);
  });

  it('paces by bytes', async () => {
    const { server, sent } = serve({ bytesPerSecond: 5000 });
    const start = performance.now();
    server.ask(one, bits(5, 0, 1, 2, 3, 4));
    await until(() => sent.length === 5, 'all sent');
    expect(performance.now() - start).toBeGreaterThan(75);
  });

  it('goes on after a chunk that cannot be read or sent', async () => {
    let n = 0;
    const { server, failures } = serve({
      read: async () => {
        if (++n === 1) throw new Error('unreadable');
        return new Uint8Array(1);
      },
      publish: async () => { throw new Error('offline'); },
    });
    server.ask(one, bits(5, 0, 1));
    await until(() => failures.length === 2, 'failures');
    expect(failures.map(String)).toEqual(['Error: unreadable', 'Error: offline']);
  });
});

describe('device table', () => {
  const report = (change: Partial<DeviceReport> = {}): Uint8Array => encodeMessage({
    v: 1, id: 'one', session: '0'.repeat(16), state: 'committed', class: 'default', channel: 'stable', board: 'linux-x64', model: 'person',
    version: '1.0',
    sha256: one.sha256, counter: 1, slot: 'a', selfTest: null, rollback: null, lastError: null, metadataVersion: 1, bytesReceived: 7,
    time: '2026-09-21T10:00:00.000Z', ...change,
  } satisfies DeviceReport);
  const will = (session: string): Uint8Array => encodeMessage({ v: 1, id: 'one', session, state: 'offline' });

  it('keeps the last report of a device and marks it offline by the will of its present connection only', () => {
    const table = createDeviceTable();
    expect(table.take('one', report())).toMatchObject({ id: 'one', state: 'committed', lastSeen: '2026-09-21T10:00:00.000Z' });
    expect(table.take('one', will('1'.repeat(16)))).toBeUndefined();
    expect(table.take('one', will('0'.repeat(16)))).toMatchObject({ state: 'offline', version: '1.0', sha256: one.sha256 });
    table.take('two', report({ id: 'two' }));
    expect(table.rows().map(({ id, state }) => [id, state])).toEqual([['one', 'offline'], ['two', 'committed']]);
  });

  it('knows a device by its will alone', () => {
    expect(createDeviceTable().take('one', will('0'.repeat(16)))).toMatchObject({ id: 'one', state: 'offline', version: null, lastSeen: null });
  });

  it('refuses reports under another name, malformed ones, and more devices than it may hold', () => {
    const table = createDeviceTable(1);
    expect(() => table.take('two', report())).toThrow(/names 'one'/);
    expect(() => table.take('one', report({ sha256: 'x' }))).toThrow(/report of device 'one': sha256/);
    expect(() => table.take('one', new Uint8Array(9000))).toThrow(/allowed are 8192/);
    expect(() => table.take('one', Buffer.from('[]'))).toThrow(/malformed|message/);
    table.take('one', report());
    expect(() => table.take('two', report({ id: 'two' }))).toThrow(/1 devices are known already/);
  });
});

describe('fleet directory', () => {
  it('has a private key for every role and is never made twice', async () => {
    const directory = await temporaryDirectory();
    const fleet = await initFleet(directory, { tenant: 'acme' });
    expect(fleet).toMatchObject({ tenant: 'acme', anchor: { tenant: 'acme' } });
    for (const role of ROLES) {
      expect((await stat(join(directory, 'keys', `${role}.json`))).mode & 0o777).toBe(0o600);
      expect(fleet.anchor.root.signed.roles[role]?.keyIDs).toEqual([(await fleet.key(role)).key.keyID]);
    }
    const key = await readFile(join(directory, 'keys', 'root.json'));
    await expect(initFleet(directory)).rejects.toMatchObject({ code: 'fleet-exists' });
    expect(await readFile(join(directory, 'keys', 'root.json'))).toEqual(key);
  });

  it('says what is missing or does not fit together', async () => {
    const directory = await temporaryDirectory();
    await expect(openFleet(directory)).rejects.toThrow(/fleet.json cannot be read; pass the directory made by 'fleet init'/);
    await initFleet(directory, { tenant: 'acme' });
    await writeFile(join(directory, 'fleet.json'), '{"v":1,"tenant":"other"}');
    await expect(openFleet(directory)).rejects.toThrow(/tenant 'other', root.json 'acme'/);
    await expect(initFleet(join(directory, 'new'), { tenant: 'a b' })).rejects.toMatchObject({ code: 'invalid-name' });
  });
});

describe('publisher', () => {
  const model = (version: string, change: object = {}) => ({
    bytes: modelFile(version), name: 'person', version, format: 'fake', open: (bytes: Uint8Array) => openFake(bytes), ...change,
  });

  const publishing = async (): Promise<{ directory: string; publisher: Publisher }> => {
    const directory = await temporaryDirectory();
    await initFleet(directory);
    const broker = await startBroker({ port: 0 });
    afterTest(() => broker.close());
    return { directory, publisher: new Publisher({ directory, broker: broker.url }) };
  };

  it('counts releases up, keeps the current one of each class and channel, and stores before it announces', async () => {
    const { directory, publisher } = await publishing();
    const models = [model('1.0'), model('1.1', { channel: 'beta' }), model('1.2', { class: 'pi5' }), model('2.0')];
    const published: Publication[] = [];
    for (const entry of models) published.push(await publisher.publish(entry));
    expect(published.map(({ counter, metadataVersion }) => [counter, metadataVersion])).toEqual([[1, 1], [2, 2], [3, 3], [4, 4]]);
    const targets = JSON.parse(await readFile(join(directory, 'repository', 'targets.json'), 'utf8')) as { signed: { targets: object } };
    const kept = ['models/person/default/beta/1.1', 'models/person/default/stable/2.0', 'models/person/pi5/stable/1.2'];
    expect(Object.keys(targets.signed.targets).sort()).toEqual(kept);
    const offline = new Publisher({ directory, broker: 'mqtt://127.0.0.1:1' });
    await expect(Promise.race([offline.publish(model('3.0')), delay(9000)])).rejects.toMatchObject({
      code: 'offline', message: expect.stringMatching(/^release 5 \(person 3\.0\) is signed and stored, but not announced: broker .+ publish the same again, which stays release 5$/) as string,
    });
    expect((await publisher.publish(model('4.0'))).counter).toBe(6);
  }, 30_000);

  it('keeps a release that is published again, with a new signature; anything else about it makes another', async () => {
    const { directory, publisher } = await publishing();
    const numbers = async (...models: ReturnType<typeof model>[]): Promise<unknown[]> => {
      const rows: unknown[] = [];
      for (const entry of models) {
        const { counter, metadataVersion, repeated } = await publisher.publish(entry);
        rows.push([counter, metadataVersion, repeated]);
      }
      return rows;
    };
    expect(await numbers(model('1.0'), model('1.0', { expiresDays: 9 }))).toEqual([[1, 1, false], [1, 2, true]]);
    const { signed } = JSON.parse(await readFile(join(directory, 'repository', 'targets.json'), 'utf8')) as { signed: { expires: string } };
    expect((Date.parse(signed.expires) - Date.now()) / 86_400_000).toBeCloseTo(9, 1);
    const otherBytes = { bytes: modelFile('2.0') };
    expect(await numbers(model('1.0', { channel: 'beta' }), model('1.0', { chunkSize: 8192 }), model('1.0', otherBytes), model('1.0'))).toEqual([
      [2, 3, false], [3, 4, false], [4, 5, false], [5, 6, false],
    ]);
  });

  it('refuses wrong options and a model that does not open, and publishes nothing', async () => {
    const directory = await temporaryDirectory();
    await initFleet(directory);
    const publisher = new Publisher({ directory });
    await expect(publisher.publish(model('a b'))).rejects.toThrow(/option 'version'/);
    await expect(publisher.publish(model('1', { chunkSize: 100 }))).rejects.toThrow(/option 'chunkSize'/);
    await expect(publisher.publish(model('unopenable'))).rejects.toThrow('cannot open');
    expect(await stat(join(directory, 'repository', 'targets.json')).catch(() => 'none')).toBe('none');
  });

  it('waits for nobody: a second publisher is refused, a lock left by a dead process is taken over', async () => {
    const path = join(await temporaryDirectory(), 'lock');
    await exclusively(path, () => expect(exclusively(path, async () => 1)).rejects.toMatchObject({ code: 'busy' }));
    for (const left of ['999999999 ', '', 'nonsense']) {
      await writeFile(path, left);
      expect(await exclusively(path, async () => 2)).toBe(2);
    }
    expect(await readdir(dirname(path))).toEqual([]);
  });
});

describe('controller', () => {
  it('ignores hostile requests with a clear event and goes on', async () => {
    const directory = await temporaryDirectory();
    const fleet = await initFleet(directory);
    const broker = await startBroker({ port: 0 });
    afterTest(() => broker.close());
    const published = await new Publisher({ directory, broker: broker.url }).publish({
      bytes: modelFile('1.0'), name: 'person', version: '1.0', format: 'fake', chunkSize: 4096, open: (bytes) => openFake(bytes),
    });
    const events: ControllerEvent[] = [];
    const controller = new Controller({ directory, broker: broker.url, onEvent: (event) => void events.push(event) });
    await controller.start();
    afterTest(() => controller.close());
    await until(() => events.some(({ event }) => event === 'announced'), 'announced');
    const chunks: string[] = [];
    const outsider = await connectOnce({ url: broker.url, clientId: 'outsider', message: (topic) => void chunks.push(topic) });
    afterTest(() => outsider.close());
    const blob = published.sha256.slice(0, 16);
    await outsider.subscribe(`m/fleet/b/${blob}/+`, 0);
    const need = (change: object) => encodeMessage({ v: 1, device: 'one', total: 5, missing: 'Hw==', ...change });
    await outsider.publish(fleet.topics.need('0123456789abcdef'), need({}), { qos: 1 });
    await outsider.publish(fleet.topics.need(blob), need({ total: 6 }), { qos: 1 });
    await outsider.publish(fleet.topics.need(blob), need({ missing: '////' }), { qos: 1 });
    await outsider.publish(fleet.topics.need(blob), new Uint8Array(20_000), { qos: 1 });
    await outsider.publish(fleet.topics.report('one'), Buffer.from('{}'), { qos: 1 });
    const refused = () => events.filter((event) => event.event === 'refused').map(({ code }) => code);
    await until(() => refused().length === 5, 'five refusals');
    expect(refused().sort()).toEqual([...Array<string>(4).fill('malformed-message'), 'unknown-blob']);
    await outsider.publish(fleet.topics.need(blob), need({}), { qos: 1 });
    await until(() => chunks.filter((topic) => !topic.endsWith('need')).length === 5, 'five chunks');
    expect(controller.devices).toEqual([]);
  });
});
