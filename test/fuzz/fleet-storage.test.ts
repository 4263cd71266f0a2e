import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { setBits } from '../../sdk/fleet/bitmap.ts';
import { openDownload } from '../../sdk/fleet/download.ts';
import { encodeJournalEntries, encodeJournalHead, readJournal } from '../../sdk/fleet/journal.ts';
import { EMPTY_RECORD, decodeRecord, encodeRecord } from '../../sdk/fleet/state-record.ts';
import { openStateStore } from '../../sdk/fleet/state-store.ts';
import { MemoryDisk } from '../fleet/support/memory-file-system.ts';
import { hash, releaseFor } from '../fleet/support/signed-fleet.ts';

const runs = { numRuns: process.env['HALFBYTE_FUZZ'] === 'full' ? 4000 : 200, seed: 1 };
const { release, bytes } = await releaseFor('1.0', 1);

async function put(disk: MemoryDisk, path: string, content: Uint8Array): Promise<void> {
  const file = await disk.fileSystem.open(path, 'create');
  await file.write(0, content);
}

describe('state record', () => {
  const record = { ...EMPTY_RECORD, sequence: 9, metadataVersion: 4 };

  it('is read back as written or not at all', () => {
    const real = encodeRecord(record);
    fc.assert(fc.property(fc.array(fc.tuple(fc.nat(real.length - 1), fc.nat(255)), { maxLength: 4 }), fc.nat(real.length), (changes, keep) => {
      const damaged = real.slice(0, keep);
      for (const [at, value] of changes) if (at < keep) damaged[at] = value;
      const found = decodeRecord(damaged);
      if (found) expect(Buffer.compare(damaged, real)).toBe(0);
    }), runs);
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (any) => { expect(decodeRecord(any)).toBeUndefined(); }), runs);
  });

  it('opens over any two files and can be written then', async () => {
    const [older, newer] = [encodeRecord(record), encodeRecord({ ...record, sequence: 10 })];
    const copy = fc.oneof(fc.uint8Array({ maxLength: 100 }), fc.constantFrom(older, newer));
    await fc.assert(fc.asyncProperty(copy, copy, async (one, two) => {
      const disk = new MemoryDisk();
      await put(disk, '/d/state-0', one);
      await put(disk, '/d/state-1', two);
      const store = await openStateStore(disk.fileSystem, '/d');
      const valid = [one, two].map(decodeRecord).filter((entry) => entry !== undefined);
      expect(store.record.sequence).toBe(Math.max(0, ...valid.map(({ sequence }) => sequence)));
      expect(store.lost).toBe(valid.length === 0);
      await store.write({ metadataVersion: 5 });
      expect((await openStateStore(disk.fileSystem, '/d')).record).toMatchObject({ metadataVersion: 5, sequence: store.record.sequence });
    }), runs);
  });
});

describe('download journal', () => {
  const head = { sha256: release.sha256, length: release.length, chunkSize: release.chunkSize, chunks: 500 };

  it('gives back every chunk that was entered', () => {
    fc.assert(fc.property(fc.array(fc.uniqueArray(fc.nat(499), { maxLength: 30 }), { maxLength: 8 }), (batches) => {
      const journal = Buffer.concat([encodeJournalHead(head), ...batches.map(encodeJournalEntries)]);
      const found = readJournal(journal, head);
      expect([...setBits(found!.have)]).toEqual([...new Set(batches.flat())].sort((a, b) => a - b));
      expect(found!.end).toBe(journal.length);
    }), runs);
  });

  it('takes any bytes after its head', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (tail) => {
      const found = readJournal(Buffer.concat([encodeJournalHead(head), tail]), head);
      expect(found!.end).toBeLessThanOrEqual(52 + tail.length);
      expect(readJournal(tail, head)).toBeUndefined();
    }), runs);
  });

  it('never makes a download trust bytes that are not signed, whatever both files hold', async () => {
    const chunkCount = release.chunks.length;
    const entered = fc.uniqueArray(fc.nat(chunkCount - 1));
    const damage = fc.array(fc.tuple(fc.nat(release.length - 1), fc.integer({ min: 1, max: 255 })), { maxLength: 5 });
    await fc.assert(fc.asyncProperty(entered, damage, fc.uint8Array({ maxLength: 30 }), async (chunks, changes, tail) => {
      const partial = bytes.slice();
      for (const [at, change] of changes) partial[at]! ^= change;
      const disk = new MemoryDisk();
      await put(disk, '/d/partial', partial);
      await put(disk, '/d/journal', Buffer.concat([encodeJournalHead({ ...head, chunks: chunkCount }), encodeJournalEntries(chunks), tail]));
      const download = await openDownload(disk.fileSystem, '/d', release, 2);
      for (const n of setBits(download.have)) {
        expect(hash(disk.content('/d/partial')!.subarray(n * release.chunkSize, (n + 1) * release.chunkSize))).toBe(release.chunks[n]);
      }
      for (let n = 0; n < chunkCount; n++) await download.write(n, bytes.subarray(n * release.chunkSize, (n + 1) * release.chunkSize));
      expect(await download.digest()).toBe(release.sha256);
    }), runs);
  });
});
