import { lockFile } from './lock-file.ts';

/**
 * Runs `task` while no other process of this machine holds the lock file; the lock of a process that died is taken over.
 * @throws UpdateError `busy` when another process holds it, or what the task throws
 */
export async function exclusively<T>(path: string, task: () => Promise<T>): Promise<T> {
  const unlock = await lockFile(path);
  try {
    return await task();
  } finally {
    await unlock();
  }
}
