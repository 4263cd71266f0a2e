import { mkdir, open, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { lockFile, type Unlock } from './lock-file.ts';

/** An open file; offsets and lengths in bytes. */
export interface OpenFile {
  /** @returns bytes read, fewer than asked for at the end only */
  read(offset: number, into: Uint8Array): Promise<number>;
  write(offset: number, bytes: Uint8Array): Promise<void>;
  truncate(length: number): Promise<void>;
  /** Returns when content and length are on the medium. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** The file operations that device storage is made of; tests replace it to cut the power between any two. */
export interface FileSystem {
  makeDirectory(path: string): Promise<void>;
  /** Names in a directory; none where it is missing. */
  list(path: string): Promise<string[]>;
  /** Bytes of a file; undefined where it is missing. */
  size(path: string): Promise<number | undefined>;
  /** `create` empties an existing file, `update` needs one. */
  open(path: string, mode: 'read' | 'update' | 'create'): Promise<OpenFile>;
  /** Replaces `to` in one step. */
  rename(from: string, to: string): Promise<void>;
  /** Does nothing where the file is missing. */
  remove(path: string): Promise<void>;
  /** Returns when creations, renames and removals in the directory are on the medium. */
  syncDirectory(path: string): Promise<void>;
  /** Bytes that can still be written below `path`. */
  freeBytes(path: string): Promise<number>;
  /**
   * Keeps other processes from taking the lock file until it is given back or this process ends, however that happens.
   * @throws UpdateError `busy`
   */
  lock(path: string): Promise<Unlock>;
}

const FLAGS = { read: 'r', update: 'r+', create: 'w+' } as const;

/** The host's files. */
export const nodeFileSystem: FileSystem = Object.freeze({
  makeDirectory: async (path: string) => {
    await mkdir(path, { recursive: true });
  },
  list: (path: string) => readdir(path).catch(absent<string[]>([])),
  size: (path: string) => stat(path).then(({ size }) => size, absent<number | undefined>(undefined)),
  rename,
  remove: (path: string) => rm(path, { force: true }),
  syncDirectory: async (path: string) => {
    const handle = await open(path, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
  freeBytes: async (path: string) => {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  },
  lock: lockFile,
  open: async (path: string, mode: 'read' | 'update' | 'create') => {
    const handle = await open(path, FLAGS[mode], 0o600);
    return {
      read: async (offset: number, into: Uint8Array) => {
        let done = 0;
        while (done < into.length) {
          const { bytesRead } = await handle.read(into, done, into.length - done, offset + done);
          if (bytesRead === 0) break;
          done += bytesRead;
        }
        return done;
      },
      write: async (offset: number, bytes: Uint8Array) => {
        for (let done = 0; done < bytes.length;) {
          done += (await handle.write(bytes, done, bytes.length - done, offset + done)).bytesWritten;
        }
      },
      truncate: (length: number) => handle.truncate(length),
      sync: () => handle.sync(),
      close: () => handle.close(),
    };
  },
});

function absent<T>(value: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === 'ENOENT') return value;
    throw error;
  };
}
