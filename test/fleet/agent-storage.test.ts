import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { FileSystem } from '../../sdk/fleet/file-system.ts';
import { decodeRecord } from '../../sdk/fleet/state-record.ts';
import { until } from './support/fleet-fixture.ts';
import { openFake } from './support/fake-model.ts';
import { CALM, createMemoryFleet, running } from './support/memory-fleet.ts';
import { MemoryDisk } from './support/memory-file-system.ts';
import { releaseFor } from './support/signed-fleet.ts';

const [v1, v2] = [await releaseFor('1.0', 1), await releaseFor('2.0', 2)];

describe('agent and its storage', () => {
  it('after a kill asks for the missing chunks only', async () => {
    const { fleet, disk, log } = await running(v1);
    fleet.broker.tamper = (topic, payload) => (/\/b\/[0-9a-f]+\/[34]$/.test(topic) ? undefined : payload);
    fleet.announce(2, v2);
    await log.seen('downloading', 2);
    await until(() => (disk.content('/device/download/journal')?.length ?? 0) > 52, 'two chunks journalled');
    disk.cutAt = 0;
    fleet.broker.cut();
    fleet.broker.tamper = undefined;
    fleet.sent.length = 0;
    const restarted = fleet.agent(disk.afterCut('drop'));
    await restarted.agent.start();
    fleet.broker.resume();
    await restarted.log.seen('committed');
    expect(restarted.log.named('downloading')[0]).toMatchObject({ chunks: 5, resumed: 2 });
    expect(new Set(fleet.sent)).toEqual(new Set([2, 3, 4]));
  });

  it('gives up a model on trial when the device stopped during every try', async () => {
    const { fleet, disk, log, agent } = await running(v1);
    let stop = false;
    const hang = async (bytes: Uint8Array) => {
      if (stop) await new Promise(() => undefined);
      return openFake(bytes);
    };
    await agent.close();
    fleet.announce(2, v2);
    let current = disk;
    const causes: string[] = [];
    for (let start = 0; start < 4; start++) {
      stop = false;
      const { agent: device, log: events } = fleet.agent(current, {
        open: async (bytes) => {
          const model = await hang(bytes);
          stop = true;
          return model;
        },
      });
      await device.start();
      await until(() => events.named('pending').length > 0 || events.named('rolled-back').length > 0, 'trial');
      expect(device.report.version).toBe('1.0');
      causes.push(events.named('rolled-back')[0]?.code ?? `tries left ${events.named('pending')[0]!.triesLeft}`);
      current = current.afterCut('keep');
    }
    expect(causes).toEqual(['tries left 2', 'tries left 1', 'tries left 0', 'trial-interrupted']);
    expect(log.named('rolled-back')).toEqual([]);
  });

  it('does not spend a try on an ordinary start', async () => {
    const { fleet, disk, agent } = await running(v1);
    await agent.close();
    for (let start = 0; start < 5; start++) {
      const { agent: device } = fleet.agent(disk);
      await device.start();
      expect(device.report.version).toBe('1.0');
      await device.close();
    }
    expect(decodeRecord(disk.content('/device/state-0')!)).toMatchObject({ triesLeft: 0, pending: null, active: { version: '1.0' } });
  });

  it('falls back to the last good model when the active one is damaged, and fetches the release again', async () => {
    const { fleet, disk, agent, log } = await running(v1);
    fleet.announce(2, v2);
    await log.seen('committed', 2);
    await agent.close();
    disk.corrupt(`/device/slots/b/${v2.release.sha256}`, (bytes) => { bytes[500]! ^= 1; });
    const again = fleet.agent(disk);
    await again.agent.start();
    expect(again.agent.report).toMatchObject({ version: '1.0', sha256: v1.release.sha256 });
    expect(again.log.named('rolled-back')[0]).toMatchObject({ version: '2.0', code: 'damaged-model' });
    await again.log.seen('committed');
    expect(again.agent.report).toMatchObject({ version: '2.0', sha256: v2.release.sha256 });
  });

  it('starts with the last good model also when nothing can be written', async () => {
    const { fleet, disk, agent, log } = await running(v1);
    fleet.announce(2, v2);
    await log.seen('committed', 2);
    await agent.close();
    disk.corrupt(`/device/slots/b/${v2.release.sha256}`, (bytes) => { bytes[500]! ^= 1; });
    disk.fault = (operation) => (operation === 'write' ? 'ENOSPC' : undefined);
    const again = fleet.agent(disk);
    await again.agent.start();
    expect(again.agent.report).toMatchObject({ version: '1.0', sha256: v1.release.sha256, lastError: { code: 'disk-full' } });
    disk.fault = undefined;
    await again.log.seen('committed');
    expect(again.agent.report).toMatchObject({ version: '2.0', sha256: v2.release.sha256 });
  });

  it('starts empty when its only model is damaged and fetches it again', async () => {
    const { fleet, disk, agent } = await running(v1);
    await agent.close();
    disk.corrupt(`/device/slots/a/${v1.release.sha256}`, (bytes) => { bytes[500]! ^= 1; });
    const again = fleet.agent(disk);
    await again.agent.start();
    expect(again.log.named('started')[0]).toMatchObject({ state: 'empty', version: null });
    await again.log.seen('committed');
    expect(again.agent.report.version).toBe('1.0');
  });

  it('installs bytes it already has without fetching them, also to go back', async () => {
    const { fleet, agent, log, disk } = await running(v1, CALM);
    fleet.announce(2, v2);
    await log.seen('committed', 2);
    fleet.sent.length = 0;
    const back = { bytes: v1.bytes, release: { ...v1.release, counter: 3, version: '3.0-as-1.0' } };
    fleet.announce(3, back);
    await log.seen('committed', 3);
    expect(agent.report).toMatchObject({ version: '3.0-as-1.0', slot: 'a', sha256: v1.release.sha256 });
    const same = { bytes: v1.bytes, release: { ...v1.release, counter: 4, version: '4.0' } };
    fleet.announce(4, same);
    await log.seen('committed', 4);
    expect(agent.report).toMatchObject({ version: '4.0', slot: 'a', counter: 4 });
    expect(fleet.sent).toEqual([]);
    expect(disk.paths.filter((path) => path.includes('/slots/'))).toHaveLength(2);
  });

  it('reports a full disk, keeps running and goes on when there is room', async () => {
    const { fleet, agent, log, disk } = await running(v1);
    disk.free = 1000;
    fleet.announce(2, v2);
    await log.seen('failed');
    expect(log.named('failed')[0]).toMatchObject({ code: 'disk-full', message: expect.stringContaining('1000 are free') });
    expect(agent.report).toMatchObject({ state: 'failed', version: '1.0', lastError: { code: 'disk-full' } });
    expect(await agent.model.use(({ model }) => model.label)).toBe('1.0');
    disk.free = 1 << 30;
    await log.seen('committed', 2);
    expect(agent.report).toMatchObject({ state: 'committed', version: '2.0', lastError: null, rollback: null });
  });

  const operations = ['create', 'write', 'truncate', 'rename', 'sync', 'syncDirectory', 'remove'];

  it.each(operations)('survives a medium on which %s fails for a while', async (operation) => {
    const { fleet, agent, log, disk } = await running(v1);
    const code = operation === 'write' ? 'ENOSPC' : 'EIO';
    disk.fault = (name) => (name === operation ? code : undefined);
    fleet.announce(2, v2);
    await until(() => log.named('failed').length + log.named('warning').length > 0, 'failure');
    expect(agent.report.version).toBe(operation === 'remove' ? '2.0' : '1.0');
    disk.fault = undefined;
    await log.seen('committed', 2);
    expect(agent.report).toMatchObject({ version: '2.0', rollback: null });
  });

  it('has a bounded queue for chunks when the medium is slow: what does not fit is asked for again', async () => {
    const limits = { askDelayMs: 0, idleMs: 20, retryMs: 20, queuedChunks: 1 };
    const fleet = createMemoryFleet();
    const { fileSystem } = new MemoryDisk();
    const slow: FileSystem = {
      ...fileSystem,
      open: async (...path) => {
        const file = await fileSystem.open(...path);
        return { ...file, write: (offset, bytes) => delay(10).then(() => file.write(offset, bytes)) };
      },
    };
    const { agent, log } = fleet.agent(new MemoryDisk(), { limits }, { fileSystem: slow });
    await agent.start();
    fleet.announce(2, v2);
    await log.seen('committed');
    expect(fleet.sent.length).toBeGreaterThan(5);
    expect(agent.report.version).toBe('2.0');
  });

  it('closes in the middle of a download and goes on at the next start', async () => {
    const { fleet, agent, log, disk } = await running(v1);
    fleet.broker.tamper = (topic, payload) => (/\/[34]$/.test(topic) && topic.includes('/b/') ? undefined : payload);
    fleet.announce(2, v2);
    await log.seen('asked', 2);
    await agent.close();
    fleet.broker.tamper = undefined;
    const again = fleet.agent(disk);
    await again.agent.start();
    await again.log.seen('committed');
    expect(again.log.named('downloading')[0]!.resumed).toBeGreaterThanOrEqual(2);
  });
});
