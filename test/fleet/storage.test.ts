import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { setBits } from '../../sdk/fleet/bitmap.ts';
import { openDownload } from '../../sdk/fleet/download.ts';
import { nodeFileSystem } from '../../sdk/fleet/file-system.ts';
import { lockFile } from '../../sdk/fleet/lock-file.ts';
import { slotsIn } from '../../sdk/fleet/slots.ts';
import { EMPTY_RECORD, decodeRecord, encodeRecord } from '../../sdk/fleet/state-record.ts';
import { openStateStore } from '../../sdk/fleet/state-store.ts';
import { temporaryDirectory } from './support/fleet-fixture.ts';
import { MemoryDisk } from './support/memory-file-system.ts';
import { releaseFor } from './support/signed-fleet.ts';

const { release, bytes } = await releaseFor('1.0', 1);
const piece = (n: number): Uint8Array => bytes.subarray(n * release.chunkSize, (n + 1) * release.chunkSize);

describe('state record', () => {
  it('is read from either copy, the newer one first', async () => {
    const disk = new MemoryDisk();
    const store = await openStateStore(disk.fileSystem, '/d');
    expect(store).toMatchObject({ record: EMPTY_RECORD, lost: false });
    for (const metadataVersion of [1, 2, 3]) await store.write({ metadataVersion });
    expect(disk.paths).toEqual(['/d/state-0', '/d/state-1']);
    for (const broken of ['/d/state-0', '/d/state-1']) {
      const copy = disk.afterCut('keep');
      copy.corrupt(broken, (content) => { content[90]! ^= 1; });
      const again = await openStateStore(copy.fileSystem, '/d');
      expect(again.record).toMatchObject({ sequence: 3, metadataVersion: 3 });
      await again.write({ metadataVersion: 4 });
      expect([0, 1].map((n) => decodeRecord(copy.content(`/d/state-${n}`)!)?.metadataVersion)).toEqual([4, 4]);
    }
  });

  it('writes the stale copy first, so that one complete copy exists at every moment', async () => {
    const disk = new MemoryDisk();
    await (await openStateStore(disk.fileSystem, '/d')).write({ metadataVersion: 1 });
    disk.corrupt('/d/state-1', (content) => content.fill(0));
    const written: string[] = [];
    disk.fault = (operation, path) => {
      if (operation === 'rename') written.push(path);
      return undefined;
    };
    await (await openStateStore(disk.fileSystem, '/d')).write({ metadataVersion: 2 });
    expect(written).toEqual(['/d/state-1', '/d/state-0']);
  });

  it('keeps the old record when there is no room, and says so', async () => {
    const disk = new MemoryDisk();
    const store = await openStateStore(disk.fileSystem, '/d');
    await store.write({ metadataVersion: 1 });
    disk.fault = (operation) => (operation === 'write' ? 'ENOSPC' : undefined);
    await expect(store.write({ metadataVersion: 2 })).rejects.toMatchObject({ code: 'disk-full' });
    expect(store.record.metadataVersion).toBe(1);
    disk.fault = undefined;
    await store.write({ metadataVersion: 3 });
    expect((await openStateStore(disk.fileSystem, '/d')).record.metadataVersion).toBe(3);
  });

  it('says when both copies are unreadable', async () => {
    const disk = new MemoryDisk();
    await (await openStateStore(disk.fileSystem, '/d')).write({ metadataVersion: 1 });
    for (const path of disk.paths) disk.corrupt(path, (content) => content.fill(0));
    expect(await openStateStore(disk.fileSystem, '/d')).toMatchObject({ record: EMPTY_RECORD, lost: true });
  });

  it('is refused as a whole when anything in it is out of bounds', () => {
    const record = { ...EMPTY_RECORD, sequence: 7 };
    expect(decodeRecord(encodeRecord(record))).toEqual(record);
    expect(decodeRecord(encodeRecord({ ...record, triesLeft: 256 }))).toBeUndefined();
    expect(decodeRecord(encodeRecord(record).subarray(0, 100))).toBeUndefined();
    expect(decodeRecord(new Uint8Array())).toBeUndefined();
  });
});

describe('download', () => {
  it('goes on with journalled chunks only, after checking them again', async () => {
    const disk = new MemoryDisk();
    const first = await openDownload(disk.fileSystem, '/d', release, 2);
    for (const n of [3, 0, 1]) await first.write(n, piece(n));
    const again = await openDownload(disk.afterCut('keep').fileSystem, '/d', release, 2);
    expect([...setBits(again.have)]).toEqual([0, 3]);
    const damaged = disk.afterCut('keep');
    damaged.corrupt('/d/partial', (content) => { content[5]! ^= 1; });
    expect([...setBits((await openDownload(damaged.fileSystem, '/d', release, 2)).have)]).toEqual([3]);
  });

  it('ignores a journal of another file and what follows a damaged entry', async () => {
    const disk = new MemoryDisk();
    const download = await openDownload(disk.fileSystem, '/d', release, 1);
    for (const n of [0, 1, 2]) await download.write(n, piece(n));
    const other = await releaseFor('2.0', 2);
    expect((await openDownload(disk.afterCut('keep').fileSystem, '/d', other.release, 1)).resumed).toBe(0);
    const damaged = disk.afterCut('keep');
    damaged.corrupt('/d/journal', (content) => { content[52 + 12]! ^= 1; });
    expect([...setBits((await openDownload(damaged.fileSystem, '/d', release, 1)).have)]).toEqual([0]);
  });

  it('hashes the whole file read back', async () => {
    const disk = new MemoryDisk();
    const download = await openDownload(disk.fileSystem, '/d', release, 16);
    for (const n of release.chunks.keys()) await download.write(n, piece(n));
    expect(await download.digest()).toBe(release.sha256);
    disk.corrupt('/d/partial', (content) => { content[0]! ^= 1; });
    expect(await download.digest()).not.toBe(release.sha256);
  });

  it('refuses at once what does not fit on the medium', async () => {
    const disk = new MemoryDisk();
    disk.free = release.length;
    const opening = openDownload(disk.fileSystem, '/d', release, 2);
    await expect(opening).rejects.toThrow(/needs 1068576 bytes, 20000 are free/);
    await expect(opening).rejects.toMatchObject({ code: 'disk-full' });
    expect(disk.paths).toEqual([]);
  });
});

describe('slots', () => {
  const stored = { slot: 'a' as const, sha256: release.sha256, length: release.length };

  it('take a finished file, find and read it by its hash, and never give out other bytes', async () => {
    const disk = new MemoryDisk();
    const slots = slotsIn(disk.fileSystem, '/d/slots');
    await slots.prepare();
    const file = await disk.fileSystem.open('/d/partial', 'create');
    await file.write(0, bytes);
    expect(await slots.find(release)).toBeUndefined();
    await slots.take('/d/partial', stored);
    expect(await slots.find(release)).toBe('a');
    expect(await slots.read(stored)).toEqual({ bytes, sha256: release.sha256 });
    disk.corrupt(`/d/slots/a/${release.sha256}`, (content) => { content[7]! ^= 1; });
    expect(await slots.find(release)).toBeUndefined();
    await expect(slots.read(stored)).rejects.toMatchObject({ code: 'damaged-model' });
    await expect(slots.read({ ...stored, slot: 'b' })).rejects.toThrow(/of no file/);
    await slots.sweep([{ ...stored, slot: 'b' }, null]);
    expect(disk.paths).toEqual([]);
  });
});

describe('files of the host', () => {
  it('behave as the interface says', async () => {
    const directory = await temporaryDirectory();
    const fs = nodeFileSystem;
    await fs.makeDirectory(`${directory}/a/b`);
    const file = await fs.open(`${directory}/a/one`, 'create');
    await file.truncate(10);
    await file.write(2, Uint8Array.of(1, 2, 3));
    await file.sync();
    const into = new Uint8Array(20);
    expect(await file.read(0, into)).toBe(10);
    expect([...into.subarray(0, 6)]).toEqual([0, 0, 1, 2, 3, 0]);
    await file.close();
    await fs.rename(`${directory}/a/one`, `${directory}/a/b/two`);
    await fs.syncDirectory(`${directory}/a/b`);
    expect([await fs.list(`${directory}/a/b`), await fs.list(`${directory}/none`)]).toEqual([['two'], []]);
    expect([await fs.size(`${directory}/a/b/two`), await fs.size(`${directory}/none`)]).toEqual([10, undefined]);
    expect(await fs.freeBytes(directory)).toBeGreaterThan(0);
    await fs.remove(`${directory}/a/b/two`);
    await fs.remove(`${directory}/a/b/two`);
    await expect(fs.open(`${directory}/a/b/two`, 'update')).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('lock file', () => {
  it('is held by one of many that find a stale one, and its number alone does not hold it', async () => {
    const path = join(await temporaryDirectory(), 'agent.lock');
    const unlock = await lockFile(path);
    await expect(lockFile(path)).rejects.toMatchObject({ code: 'busy', message: expect.stringContaining(`held by process ${process.pid}; wait`) as string });
    const own = await readFile(path, 'utf8');
    await unlock();
    // What this process's number stood for before the power failed, or in a container started again.
    const [pid = '', start = '', id = ''] = own.split(' ');
    const [boot = '', tick = ''] = start.split(':');
    for (const stale of [`${pid} another-boot:${tick} ${id}`, `${pid} ${boot}:1 ${id}`, '']) {
      await writeFile(path, stale);
      const tries = await Promise.allSettled(Array.from({ length: 8 }, () => lockFile(path)));
      expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(await readdir(dirname(path))).toEqual(['agent.lock']);
      expect((await readFile(path, 'utf8')).startsWith(`${pid} ${start} `)).toBe(true);
      await tries.map((each) => (each.status === 'fulfilled' ? each.value : undefined)).find((give) => give !== undefined)!();
      expect(await readdir(dirname(path))).toEqual([]);
    }
  });

  it('gives up on what can be neither read nor removed, and leaves another one alone', async () => {
    const path = join(await temporaryDirectory(), 'agent.lock');
    await mkdir(path);
    await expect(lockFile(path)).rejects.toMatchObject({ code: 'busy', message: expect.stringContaining('EISDIR') as string });
    await rm(path, { recursive: true });
    await symlink('nowhere', path);
    await expect(lockFile(path)).rejects.toMatchObject({ code: 'busy', message: expect.stringContaining('it comes again') as string });
    await rm(path);
    const unlock = await lockFile(path);
    await writeFile(path, 'of another process');
    await unlock();
    expect(await readdir(dirname(path))).toEqual(['agent.lock']);
  });
});
