import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import { UpdateError } from '../core/errors.ts';
import type { FileSystem, OpenFile } from './file-system.ts';

const PIECE_BYTES = 1 << 20;

/**
 * Puts `bytes` at `path` in one step: a reader sees the old content or the new, also after a power cut.
 * @throws UpdateError `disk-full` or `storage`
 */
export async function replaceFile(fs: FileSystem, path: string, bytes: Uint8Array): Promise<void> {
  const draft = `${path}.draft`;
  await storing(path, async () => {
    await withFile(await fs.open(draft, 'create'), async (file) => {
      await file.write(0, bytes);
      await file.sync();
    });
    await fs.rename(draft, path);
    await fs.syncDirectory(dirname(path));
  });
}

/**
 * Reads a file of at most `limit` bytes; undefined where it is missing.
 * @throws UpdateError `storage` when it is larger or unreadable
 */
export function readFile(fs: FileSystem, path: string, limit: number): Promise<Uint8Array | undefined> {
  return storing(path, async () => {
    const size = await fs.size(path);
    if (size === undefined) return undefined;
    if (size > limit) throw new UpdateError('storage', `${path}: ${size} bytes, allowed are ${limit}; remove it`);
    return withFile(await fs.open(path, 'read'), async (file) => {
      const bytes = new Uint8Array(size);
      return bytes.subarray(0, await file.read(0, bytes));
    });
  });
}

/** SHA-256 in hex of the first `length` bytes of a file, read back piece by piece; undefined where the file is shorter. */
export async function hashFile(file: OpenFile, length: number): Promise<string | undefined> {
  const hash = createHash('sha256');
  const piece = new Uint8Array(Math.min(PIECE_BYTES, length));
  for (let offset = 0; offset < length; offset += PIECE_BYTES) {
    const want = Math.min(PIECE_BYTES, length - offset);
    if (await file.read(offset, piece.subarray(0, want)) !== want) return undefined;
    hash.update(piece.subarray(0, want));
  }
  return hash.digest('hex');
}

/** Runs `use` and closes the file, whatever happens. */
export async function withFile<T>(file: OpenFile, use: (file: OpenFile) => Promise<T>): Promise<T> {
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}

/**
 * Runs a storage step and names its failure.
 * @throws UpdateError `disk-full` when there is no room, `storage` for any other failure of the medium
 */
export async function storing<T>(path: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (cause) {
    if (cause instanceof UpdateError) throw cause;
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EDQUOT') {
      throw new UpdateError('disk-full', `${path}: no room left; free some, the update goes on by itself`, { cause });
    }
    throw new UpdateError('storage', `${path}: ${code ?? message}; check the medium`, { cause });
  }
}
