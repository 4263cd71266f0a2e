import { describe, expect, it } from 'vitest';
import { random } from '../ops/graphs.ts';
import { until } from './support/fleet-fixture.ts';
import { openWrong } from './support/fake-model.ts';
import { runGolden } from '../../sdk/fleet/golden.ts';
import type { DeviceReport } from '../../sdk/fleet/messages.ts';
import { createMemoryFleet, type MemoryFleet, type Published } from './support/memory-fleet.ts';
import { MemoryDisk, type Damage } from './support/memory-file-system.ts';
import { createSignedFleet, releaseFor } from './support/signed-fleet.ts';

const signed = createSignedFleet();

const DAMAGES: readonly ((seed: number) => Damage)[] = [
  () => 'drop', () => 'keep', () => 'names-only', () => 'torn', () => 'zeros',
  (seed) => ({ random: random(seed * 2654435761) }), (seed) => ({ random: random(seed * 40503 + 977) }),
];

type Done = (report: DeviceReport) => boolean;

/** Runs an agent until `done` or the power cut; returns whether it was cut. */
async function runUntil(fleet: MemoryFleet, disk: MemoryDisk, done: Done): Promise<boolean> {
  const { agent } = fleet.agent(disk);
  const isCut = (): boolean => disk.operations >= disk.cutAt;
  await agent.start().catch((error: unknown) => { if (!isCut()) throw error; });
  if (!isCut()) await until(() => isCut() || done(agent.report), `update, ${disk.operations} operations`);
  await agent.close();
  return isCut();
}

/** A disk on which `published` is committed, as a power cut right after leaves it. */
async function diskWith(published: Published): Promise<MemoryDisk> {
  const fleet = createMemoryFleet(signed);
  fleet.announce(1, published);
  const disk = new MemoryDisk();
  await runUntil(fleet, disk, ({ state }) => state === 'committed');
  return disk.afterCut('drop');
}

interface Scenario {
  readonly name: string;
  readonly offered: Published;
  readonly before: MemoryDisk;
  /** Versions that may run right after the restart; undefined: no model. */
  readonly allowed: readonly (string | undefined)[];
  /** How the update ends when nothing disturbs it any more. */
  readonly done: Done;
  readonly hashes: ReadonlyMap<string, string>;
}

async function enumerate(scenario: Scenario): Promise<number> {
  const { offered, before, done } = scenario;
  for (let cutAt = 1; ; cutAt++) {
    const fleet = createMemoryFleet(signed);
    fleet.announce(2, offered);
    const disk = before.afterCut('keep');
    disk.cutAt = cutAt;
    if (!(await runUntil(fleet, disk, done))) return (cutAt - 1) * DAMAGES.length;
    for (const [index, damageFor] of DAMAGES.entries()) {
      await restart(scenario, fleet, disk.afterCut(damageFor(cutAt)), `${scenario.name}: cut at operation ${cutAt}, damage ${index}`);
    }
  }
}

async function restart({ allowed, done, hashes }: Scenario, fleet: MemoryFleet, disk: MemoryDisk, where: string): Promise<void> {
  const { agent, log } = fleet.agent(disk);
  await agent.start();
  const { loaded } = agent.model;
  expect(allowed, where).toContain(loaded?.installed.version);
  expect(loaded?.sha256, where).toBe(loaded && hashes.get(loaded.installed.version));
  await until(() => done(agent.report), where).catch((error: unknown) => {
    throw new Error(`${where}: ${JSON.stringify(log.events)}`, { cause: error });
  });
  await agent.close();
  expect(disk.paths.filter((path) => path.includes('/slots/')).length, where).toBeLessThanOrEqual(2);
}

describe('power cut at every operation of an update', () => {
  it('v1 to v2: starts with v1 or v2, and the update completes', async () => {
    const [v1, v2] = [await releaseFor('1.0', 1), await releaseFor('2.0', 2)];
    const cases = await enumerate({
      name: 'v1 to v2', offered: v2, before: await diskWith(v1), allowed: ['1.0', '2.0'],
      done: ({ version, state }) => version === '2.0' && state === 'committed',
      hashes: new Map([v1, v2].map(({ release }) => [release.version, release.sha256])),
    });
    expect(cases).toBeGreaterThan(300);
  }, 300_000);

  it('first model of a new device: starts empty or with v1, and the update completes', async () => {
    const v1 = await releaseFor('1.0', 1);
    const cases = await enumerate({
      name: 'first', offered: v1, before: new MemoryDisk(), allowed: [undefined, '1.0'],
      done: ({ version, state }) => version === '1.0' && state === 'committed',
      hashes: new Map([[v1.release.version, v1.release.sha256]]),
    });
    expect(cases).toBeGreaterThan(300);
  }, 300_000);

  it('v2 fails its self-test: v1 runs at every start and at the end', async () => {
    const [v1, good] = [await releaseFor('1.0', 1), await releaseFor('2.0', 2)];
    const golden = await runGolden(await openWrong(good.bytes), 5);
    const v2 = { bytes: good.bytes, release: { ...good.release, golden } };
    const cases = await enumerate({
      name: 'roll back', offered: v2, before: await diskWith(v1), allowed: ['1.0'],
      done: ({ version, rollback }) => version === '1.0' && rollback?.sha256 === v2.release.sha256,
      hashes: new Map([[v1.release.version, v1.release.sha256]]),
    });
    expect(cases).toBeGreaterThan(300);
  }, 300_000);

  it('v1 to v2 with a second cut during the recovery: starts with v1 or v2, and the update completes', async () => {
    const [v1, v2] = [await releaseFor('1.0', 1), await releaseFor('2.0', 2)];
    const before = await diskWith(v1);
    const next = random(20_260_921);
    const done: Done = ({ version, state }) => version === '2.0' && state === 'committed';
    for (let sample = 0; sample < 150; sample++) {
      const fleet = createMemoryFleet(signed);
      fleet.announce(2, v2);
      let disk = before.afterCut('keep');
      for (const most of [70, 40]) {
        disk.cutAt = 1 + Math.floor(next() * most);
        await runUntil(fleet, disk, done);
        disk = disk.afterCut({ random: next });
      }
      const { agent } = fleet.agent(disk);
      await agent.start();
      expect([v1, v2].map(({ release }) => release.sha256), `sample ${sample}`).toContain(agent.model.loaded?.sha256);
      await until(() => done(agent.report), `sample ${sample}`);
      await agent.close();
    }
  }, 120_000);
});
