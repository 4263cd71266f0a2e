import { join } from 'node:path';
import { UpdateError } from '../core/errors.ts';
import { clearBit, countBits, createBitmap, setBit, setBits, type Bitmap } from './bitmap.ts';
import { hashFile, readFile, storing } from './durable-file.ts';
import type { FileSystem, OpenFile } from './file-system.ts';
import { JOURNAL_HEAD_BYTES, encodeJournalEntries, encodeJournalHead, readJournal, type JournalHead } from './journal.ts';
import { chunkLength, type Release } from './release.ts';
import { sha256 } from './sha256.ts';

/** A file that arrives chunk by chunk and survives a kill. Calls must not overlap. */
export interface Download {
  /** Chunks written, checked against their signed hashes when the download was opened. */
  readonly have: Bitmap;
  /** Chunks found from an earlier start. */
  readonly resumed: number;
  readonly partialPath: string;
  write(n: number, bytes: Uint8Array): Promise<void>;
  /** Reads the whole file back. @returns its SHA-256, or undefined when it is too short */
  digest(): Promise<string | undefined>;
  close(): Promise<void>;
}

/** Bytes that must stay free beside the download: two copies of the state record and the journal. */
export const RESERVE_BYTES = 1 << 20;
const MAX_JOURNAL_BYTES = 4 << 20;

/**
 * Opens the download of `release` in `directory`, going on where an earlier one was cut off.
 * @param every chunks between two syncs: what a kill can cost
 * @throws UpdateError `disk-full` or `storage`
 */
export function openDownload(fs: FileSystem, directory: string, release: Release, every: number): Promise<Download> {
  return storing(directory, async () => {
    const paths = { partial: join(directory, 'partial'), journal: join(directory, 'journal') };
    const head: JournalHead = { sha256: release.sha256, length: release.length, chunkSize: release.chunkSize, chunks: release.chunks.length };
    const earlier = (await readEarlier(fs, paths, head)) ?? (await createEmpty(fs, directory, paths, head));
    const partial = await fs.open(paths.partial, 'update');
    try {
      await dropDamaged(partial, release, earlier.have);
      return appendTo({ partial, journal: await fs.open(paths.journal, 'update'), path: paths.partial }, release, earlier, every);
    } catch (error) {
      await partial.close();
      throw error;
    }
  });
}

/** Removes what is left of any download. */
export function discardDownload(fs: FileSystem, directory: string): Promise<void> {
  return storing(directory, async () => {
    for (const name of await fs.list(directory)) await fs.remove(join(directory, name));
    await fs.syncDirectory(directory);
  });
}

interface Paths { readonly partial: string; readonly journal: string }
interface Earlier { readonly have: Bitmap; readonly end: number }

async function readEarlier(fs: FileSystem, paths: Paths, head: JournalHead): Promise<Earlier | undefined> {
  if ((await fs.size(paths.partial)) !== head.length) return undefined;
  const journal = await readFile(fs, paths.journal, MAX_JOURNAL_BYTES).catch(() => undefined);
  return journal && readJournal(journal, head);
}

async function createEmpty(fs: FileSystem, directory: string, paths: Paths, head: JournalHead): Promise<Earlier> {
  await discardDownload(fs, directory);
  const free = await fs.freeBytes(directory);
  const needed = head.length + RESERVE_BYTES;
  if (free < needed) {
    throw new UpdateError('disk-full', `${directory}: needs ${needed} bytes, ${free} are free; free some, the update goes on by itself`);
  }
  for (const [path, fill] of [
    [paths.partial, (file: OpenFile) => file.truncate(head.length)],
    [paths.journal, (file: OpenFile) => file.write(0, encodeJournalHead(head))],
  ] as const) {
    const file = await fs.open(path, 'create');
    try {
      await fill(file);
      await file.sync();
    } finally {
      await file.close();
    }
  }
  await fs.syncDirectory(directory);
  return { have: createBitmap(head.chunks), end: JOURNAL_HEAD_BYTES };
}

async function dropDamaged(partial: OpenFile, release: Release, have: Bitmap): Promise<void> {
  const bytes = new Uint8Array(release.chunkSize);
  for (const n of setBits(have)) {
    const piece = bytes.subarray(0, chunkLength(release, n));
    const whole = (await partial.read(n * release.chunkSize, piece)) === piece.length;
    if (!whole || sha256(piece) !== release.chunks[n]) clearBit(have, n);
  }
}

function appendTo(files: { partial: OpenFile; journal: OpenFile; path: string }, release: Release, { have, end }: Earlier, every: number): Download {
  const { partial, journal } = files;
  let journalEnd = end;
  let unsynced: number[] = [];
  const sync = async (): Promise<void> => {
    if (unsynced.length === 0) return;
    await partial.sync();
    const entries = encodeJournalEntries(unsynced);
    unsynced = [];
    await journal.write(journalEnd, entries);
    journalEnd += entries.length;
    await journal.sync();
  };
  return {
    have,
    resumed: countBits(have),
    partialPath: files.path,
    write: (n, bytes) => storing(files.path, async () => {
      await partial.write(n * release.chunkSize, bytes);
      setBit(have, n);
      unsynced.push(n);
      if (unsynced.length >= every) await sync();
    }),
    digest: () => storing(files.path, async () => {
      await sync();
      return hashFile(partial, release.length);
    }),
    close: async () => {
      await partial.close();
      await journal.close();
    },
  };
}
