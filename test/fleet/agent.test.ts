import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { DeviceAgent } from '../../sdk/fleet/agent.ts';
import { encodeChunk } from '../../sdk/fleet/chunk.ts';
import { createDeviceTable } from '../../sdk/fleet/device-table.ts';
import { MESSAGE_BYTES, parseMessage, reportSchema, willSchema } from '../../sdk/fleet/messages.ts';
import { blobOf } from '../../sdk/fleet/release.ts';
import { EnergyMeter } from '../../sdk/power/energy/energy-meter.ts';
import type { EnergyReport } from '../../sdk/power/energy/types.ts';
import { until } from './support/fleet-fixture.ts';
import { openFake } from './support/fake-model.ts';
import { CALM, createMemoryFleet, running } from './support/memory-fleet.ts';
import { MemoryDisk } from './support/memory-file-system.ts';
import { createSignedFleet, offerOf, releaseFor, signTargets, topics } from './support/signed-fleet.ts';

const [v1, v2, v3] = [await releaseFor('1.0', 1), await releaseFor('2.0', 2), await releaseFor('3.0', 3)];
const REPORT = topics.report('one');

describe('agent', () => {
  it('refuses wrong options, a missing and another trust anchor', async () => {
    const fleet = createMemoryFleet();
    const open = (bytes: Uint8Array) => openFake(bytes);
    expect(() => new DeviceAgent({ directory: '/d', broker: 'mqtt://x', id: 'a/b', open })).toThrow(/option 'id'/);
    expect(() => fleet.agent(new MemoryDisk(), { limits: { tries: 0 } })).toThrow(/option 'limits.tries'/);
    expect(() => fleet.agent(new MemoryDisk(), { speed: 1 } as object)).toThrow(/speed/);
    const { agent: bare } = fleet.agent(new MemoryDisk(), { trustAnchor: undefined } as object);
    await expect(bare.start()).rejects.toMatchObject({ code: 'no-trust-anchor' });
    const disk = new MemoryDisk();
    const first = fleet.agent(disk);
    await first.agent.start();
    await first.agent.close();
    await expect(fleet.agent(disk, { trustAnchor: createSignedFleet().root }).agent.start()).rejects.toMatchObject({ code: 'other-trust-anchor' });
  });

  it('passes through the states of an update in order', async () => {
    const { fleet, agent, log } = await running(v1, CALM);
    fleet.announce(2, v2);
    await log.seen('committed', 2);
    expect(log.events.map(({ event }) => event)).toEqual([
      'started', 'connected', 'offered', 'downloading', 'asked', 'verified', 'pending', 'committed',
      'offered', 'downloading', 'asked', 'verified', 'pending', 'committed',
    ]);
    await agent.close();
    expect(log.events.at(-1)?.event).toBe('closed');
  });

  it('never drops an inference while releases come and go', async () => {
    const { fleet, agent, log } = await running(v1, { open: (bytes) => openFake(bytes, 2) });
    const labels: string[] = [];
    let stop = false;
    const frames = (async () => {
      while (!stop) {
        await agent.model.use(async ({ model, sha256 }) => {
          await model.run();
          expect(sha256).toBe([v1, v2, v3].find(({ release }) => release.version === model.label)!.release.sha256);
          labels.push(model.label);
        });
      }
    })();
    fleet.announce(2, v2);
    await log.seen('committed', 2);
    await delay(20);
    fleet.announce(3, v3);
    await log.seen('committed', 3);
    await delay(20);
    stop = true;
    await frames;
    expect([...new Set(labels)]).toEqual(['1.0', '2.0', '3.0']);
  });

  it('reports what it runs in a valid message, keeps a will, and signs off', async () => {
    const { fleet, agent } = await running(v1);
    const report = () => parseMessage(reportSchema, fleet.broker.retained.get(REPORT)!, MESSAGE_BYTES.report, 'report');
    await until(() => report().state === 'committed', 'report');
    const { sha256 } = v1.release;
    expect(report()).toMatchObject({ id: 'one', model: 'person', version: '1.0', sha256, slot: 'a', counter: 1, metadataVersion: 1 });
    const { session } = report();
    fleet.broker.cut();
    const will = parseMessage(willSchema, fleet.broker.retained.get(REPORT)!, MESSAGE_BYTES.report, 'will');
    expect(will).toEqual({ v: 1, id: 'one', session, state: 'offline' });
    fleet.broker.resume();
    await until(() => Buffer.from(fleet.broker.retained.get(REPORT)!).includes('committed'), 'report again');
    expect(report().session).not.toBe(session);
    await agent.close();
    expect(report()).toMatchObject({ state: 'offline', version: '1.0' });
  });

  it('reports the energy that a callback gives, and does without where it fails or gives nonsense', async () => {
    const meter = new EnergyMeter({ board: { idle: 0.6, core: 0.4 }, cores: 4, models: ['person'] });
    let energy = (): EnergyReport | undefined => meter.report();
    const { fleet, agent, log } = await running(v1, { energy: () => energy() });
    const report = () => parseMessage(reportSchema, fleet.broker.retained.get(REPORT)!, MESSAGE_BYTES.report, 'report');
    meter.sample(0, []);
    meter.count(0, 0.5);
    meter.sample(1, []);
    agent.sendReport();
    await until(() => report().energy?.seconds === 1, 'energy');
    expect(report().energy).toEqual(meter.report());
    const table = createDeviceTable();
    expect(table.take('one', fleet.broker.retained.get(REPORT)!)?.energy).toEqual(meter.report());
    for (const [broken, message] of [[() => { throw new Error('no meter'); }, /no meter/], [() => ({ ...meter.report(), trust: NaN }), /energy callback: trust/]] as const) {
      energy = broken;
      agent.sendReport();
      await until(() => message.test(report().lastError?.message ?? ''), 'warning');
      expect(report()).toMatchObject({ state: 'committed', version: '1.0' });
      expect('energy' in report()).toBe(false);
      energy = () => undefined;
      expect('energy' in agent.report).toBe(false);
    }
    expect(log.events.filter(({ event }) => event === 'warning')).toHaveLength(2);
    await agent.close();
  });

  it('keeps running, goes on and loses nothing when the broker is lost in the middle of a download', async () => {
    const { fleet, agent, log } = await running(v1, CALM);
    let passed = 0;
    fleet.broker.tamper = (topic, payload) => {
      if (/\/b\/[0-9a-f]+\/\d+$/.test(topic) && ++passed === 3) setImmediate(() => fleet.broker.cut());
      return passed >= 3 && topic.includes('/b/') ? undefined : payload;
    };
    fleet.announce(2, v2);
    await log.seen('disconnected');
    expect(await agent.model.use(({ model }) => model.label)).toBe('1.0');
    fleet.broker.tamper = undefined;
    fleet.sent.length = 0;
    fleet.broker.resume();
    await log.seen('committed', 2);
    expect(new Set(fleet.sent)).toEqual(new Set([2, 3, 4]));
    expect(agent.report.version).toBe('2.0');
  });

  it('refuses a chunk damaged on its way and asks for it again', async () => {
    const { fleet, agent, log } = await running(v1, CALM);
    let damaged = 0;
    fleet.broker.tamper = (topic, payload) => {
      if (!/\/b\/[0-9a-f]+\/2$/.test(topic) || damaged++ > 0) return payload;
      const wrong = payload.slice();
      wrong[1000]! ^= 4;
      return wrong;
    };
    fleet.announce(2, v2);
    await log.seen('committed', 2);
    expect(log.named('chunk-refused')).toHaveLength(1);
    expect(log.named('chunk-refused')[0]).toMatchObject({ code: 'broken-chunk' });
    expect(log.named('asked').slice(-2).map(({ chunks }) => chunks)).toEqual([5, 1]);
    expect(fleet.sent).toEqual([0, 1, 2, 3, 4, 2]);
    expect(agent.report.sha256).toBe(v2.release.sha256);
  });

  it('refuses hostile chunks of every kind without writing them', async () => {
    const { fleet, log, disk } = await running(v1);
    fleet.broker.tamper = (topic, payload) => (/\/b\/[0-9a-f]+\/need$/.test(topic) ? undefined : payload);
    fleet.announce(2, v2);
    await log.seen('downloading', 2);
    await delay(20);
    const blob = blobOf(v2.release);
    const good = { blob, n: 1, total: 5, bytes: v2.bytes.subarray(4096, 8192) };
    const hostile: [string, Uint8Array][] = [
      [topics.chunk(blob, 2), encodeChunk(good)],
      [topics.chunk(blob, 1), encodeChunk({ ...good, total: 6 })],
      [topics.chunk(blob, 7), encodeChunk({ ...good, n: 7, total: 9 })],
      [topics.chunk(blob, 1), encodeChunk({ ...good, bytes: good.bytes.subarray(1) })],
      [topics.chunk(blob, 1), encodeChunk({ ...good, blob: '0123456789abcdef' })],
      [topics.chunk(blob, 1), encodeChunk({ ...good, bytes: new Uint8Array(4096) })],
      [topics.chunk(blob, 1), new Uint8Array(200_000)],
    ];
    for (const [topic, payload] of hostile) fleet.broker.inject(topic, payload);
    await delay(1100);
    fleet.broker.inject(topics.chunk(blob, 1), new Uint8Array(3));
    await log.seen('chunk-refused', 5);
    expect(log.named('chunk-refused').reduce((count, { suppressed = 0 }) => count + 1 + suppressed, 0)).toBe(hostile.length + 1);
    expect(disk.content('/device/download/partial')!.every((byte) => byte === 0)).toBe(true);
    fleet.broker.tamper = undefined;
    await log.seen('committed', 2);
  });

  it('bounds the events that a flood of hostile messages causes', async () => {
    const { fleet, agent, log } = await running(v1);
    for (let n = 0; n < 2000; n++) {
      fleet.broker.inject(topics.targets, Buffer.from(`{"signed":${n}}`));
      fleet.broker.inject(topics.offer('default', 'stable'), new Uint8Array(5000));
    }
    await delay(100);
    expect(log.named('refused').length).toBeLessThanOrEqual(8);
    expect(agent.report.lastError?.code).toBe('malformed-message');
    fleet.announce(2, v2);
    await log.seen('committed', 2);
    expect(agent.report.lastError).toBeNull();
  });

  it('refuses older metadata, also after a restart, and a lower release counter', async () => {
    const { fleet, disk, agent, log } = await running(v2);
    fleet.broker.inject(topics.targets, signTargets(fleet.signed.targetsKey, 7, [v2.release]), true);
    await until(() => agent.report.metadataVersion === 7, 'version 7');
    await agent.close();
    const again = fleet.agent(disk);
    await again.agent.start();
    await again.log.seen('connected');
    fleet.announce(6, v3);
    await again.log.seen('refused');
    expect(again.log.named('refused')[0]).toMatchObject({ code: 'metadata-rollback' });
    fleet.announce(8, v1);
    await again.log.seen('refused', 2);
    expect(again.log.named('refused')[1]).toMatchObject({ code: 'release-rollback' });
    expect(again.agent.report).toMatchObject({ version: '2.0', state: 'committed', lastError: { code: 'release-rollback' } });
    expect(log.named('refused')).toEqual([]);
  });

  it('refuses expired metadata and goes on with what it runs', async () => {
    const { fleet, agent, log } = await running(v1);
    fleet.broker.inject(topics.targets, signTargets(fleet.signed.targetsKey, 2, [v2.release], '2026-01-01T00:00:00Z'));
    fleet.broker.inject(topics.offer('default', 'stable'), offerOf(v2.release, 2));
    await log.seen('refused');
    expect(log.named('refused')[0]).toMatchObject({ code: 'metadata-expired' });
    expect(agent.report.version).toBe('1.0');
  });

  it.each([
    ['does not open', 'unopenable 9', 'error'],
    ['hangs in its self-test', 'hangs 9', 'self-test-timeout'],
  ])('rolls back a model that %s', async (_, label, code) => {
    const limits = { askDelayMs: 0, idleMs: 30, retryMs: 20, selfTestMs: 50 };
    const { fleet, agent, log } = await running(v1, { limits });
    fleet.announce(2, await releaseFor(label, 9, { version: '9.0' }));
    await log.seen('rolled-back');
    expect(agent.report).toMatchObject({ state: 'rolled-back', version: '1.0', rollback: { counter: 9, code } });
    fleet.announce(3, await releaseFor('3.0', 10));
    await log.seen('committed', 2);
  });

  it('leaves a download for a newer release', async () => {
    const { fleet, agent, log, disk } = await running(v1);
    fleet.broker.tamper = (topic, payload) => (topic.includes(blobOf(v2.release)) && /\/[1-4]$/.test(topic) ? undefined : payload);
    fleet.announce(2, v2);
    await log.seen('asked', 2);
    fleet.announce(3, v3);
    await log.seen('committed', 2);
    expect(agent.report).toMatchObject({ version: '3.0', rollback: null });
    await until(() => disk.paths.every((path) => !path.includes('/download/')), 'download removed');
  });

  it('gives up metadata that contradicts itself', async () => {
    const { fleet, agent, log } = await running(v1);
    const wrong = { bytes: v2.bytes, release: { ...v2.release, sha256: v2.release.sha256.replace(/.{8}$/, '00000000') } };
    fleet.announce(2, wrong);
    await log.seen('rolled-back');
    expect(agent.report.rollback).toMatchObject({ code: 'inconsistent-target' });
    expect(agent.report.version).toBe('1.0');
  });
});
