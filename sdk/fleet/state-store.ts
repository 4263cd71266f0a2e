import { join } from 'node:path';
import { readFile, replaceFile } from './durable-file.ts';
import type { FileSystem } from './file-system.ts';
import { EMPTY_RECORD, STATE_BYTES, decodeRecord, encodeRecord, type DeviceRecord } from './state-record.ts';

/** The device's record, kept in two copies. */
export interface StateStore {
  /** The record as it is on the medium. */
  readonly record: DeviceRecord;
  /** True when no copy was readable although one was there. */
  readonly lost: boolean;
  /**
   * Returns when the changed record will survive a power cut.
   * @throws UpdateError `disk-full` or `storage`; the record may then be old or new after a restart
   */
  write(change: Partial<Omit<DeviceRecord, 'v' | 'sequence'>>): Promise<void>;
}

const COPIES = ['state-0', 'state-1'] as const;

/** Reads the record in `directory`; both copies missing means a new device. */
export async function openStateStore(fs: FileSystem, directory: string): Promise<StateStore> {
  const paths = COPIES.map((name) => join(directory, name));
  const found = await Promise.all(paths.map((path) => readFile(fs, path, STATE_BYTES).catch(() => new Uint8Array())));
  const copies = found.map((bytes) => bytes && decodeRecord(bytes));
  let record = copies.reduce<DeviceRecord>((best, copy) => (copy && copy.sequence > best.sequence ? copy : best), EMPTY_RECORD);
  let sequence = record.sequence;
  // The stale or broken copy is written first, so that a complete one exists at every moment.
  const order = copies[0]?.sequence === record.sequence ? [1, 0] : [0, 1];
  let writing: Promise<void> = Promise.resolve();
  const write = async (change: Partial<DeviceRecord>): Promise<void> => {
    const next = { ...record, ...change, sequence: ++sequence };
    const bytes = encodeRecord(next);
    await replaceFile(fs, paths[order[0]!]!, bytes);
    record = next;
    await replaceFile(fs, paths[order[1]!]!, bytes).catch(() => order.reverse());
  };
  return {
    get record() { return record; },
    lost: record.sequence === 0 && found.some((bytes) => bytes !== undefined),
    write: (change) => {
      const written = writing.then(() => write(change));
      writing = written.catch(() => undefined);
      return written;
    },
  };
}
