import { basename, dirname, join } from 'node:path';
import { UpdateError } from '../core/errors.ts';
import { hashFile, readFile, storing, withFile } from './durable-file.ts';
import type { FileSystem } from './file-system.ts';
import { sha256 } from './sha256.ts';
import { SLOTS, type Installed, type SlotName } from './state-record.ts';

type Stored = Pick<Installed, 'slot' | 'sha256' | 'length'>;

/** Two directories of model files named by their hash: a file is never overwritten, and only a complete one is there. */
export interface Slots {
  prepare(): Promise<void>;
  /** The slot that already holds these bytes, checked by reading them. */
  find(file: Pick<Stored, 'sha256' | 'length'>): Promise<SlotName | undefined>;
  /** Moves a finished, synced file into `slot`. */
  take(path: string, file: Stored): Promise<void>;
  /**
   * The bytes of a model with the SHA-256 found in them.
   * @throws UpdateError `damaged-model` when they are missing or their hash is another
   */
  read(file: Stored): Promise<{ bytes: Uint8Array; sha256: string }>;
  /** Removes every file that is not one of `keep`. */
  sweep(keep: readonly (Stored | null)[]): Promise<void>;
}

export function slotsIn(fs: FileSystem, directory: string): Slots {
  const pathOf = ({ slot, sha256: hash }: Pick<Stored, 'slot' | 'sha256'>): string => join(directory, slot, hash);
  const holds = async (path: string, { sha256: hash, length }: Pick<Stored, 'sha256' | 'length'>): Promise<boolean> => {
    if ((await fs.size(path)) !== length) return false;
    return withFile(await fs.open(path, 'read'), async (file) => (await hashFile(file, length)) === hash);
  };
  return {
    prepare: () => storing(directory, async () => {
      for (const slot of SLOTS) await fs.makeDirectory(join(directory, slot));
      await fs.syncDirectory(directory);
      await fs.syncDirectory(dirname(directory));
    }),
    find: (file) => storing(directory, async () => {
      for (const slot of SLOTS) if (await holds(pathOf({ slot, sha256: file.sha256 }), file)) return slot;
      return undefined;
    }),
    take: (path, file) => storing(directory, async () => {
      const to = pathOf(file);
      await fs.rename(path, to);
      await fs.syncDirectory(dirname(to));
      await fs.syncDirectory(dirname(path));
    }),
    read: async (file) => {
      const path = pathOf(file);
      const bytes = await readFile(fs, path, file.length);
      const found = bytes && sha256(bytes);
      if (bytes && found === file.sha256) return { bytes, sha256: found };
      throw new UpdateError('damaged-model', `${path}: SHA-256 is ${found ?? 'of no file'}, recorded ${file.sha256}; it is not used`);
    },
    sweep: (keep) => storing(directory, async () => {
      for (const slot of SLOTS) {
        const kept = new Set(keep.map((file) => (file?.slot === slot ? basename(pathOf(file)) : '')));
        const stale = (await fs.list(join(directory, slot))).filter((name) => !kept.has(name));
        for (const name of stale) await fs.remove(join(directory, slot, name));
        if (stale.length > 0) await fs.syncDirectory(join(directory, slot));
      }
    }),
  };
}
