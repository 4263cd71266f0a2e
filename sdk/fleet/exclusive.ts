import { readFile, rm, writeFile } from 'node:fs/promises';
import { UpdateError } from '../core/errors.ts';

/**
 * Runs `task` while no other process of this machine holds the lock file; the lock of a process that died is taken over.
 * @throws UpdateError `busy` when another process holds it, or what the task throws
 */
export async function exclusively<T>(path: string, task: () => Promise<T>): Promise<T> {
  if (!(await take(path))) {
    const holder = Number(await readFile(path, 'utf8').catch(() => ''));
    if (isAlive(holder)) throw new UpdateError('busy', `${path}: held by process ${holder}; wait until it is done`);
    await rm(path, { force: true });
    if (!(await take(path))) throw new UpdateError('busy', `${path}: taken by another process just now; try again`);
  }
  try {
    return await task();
  } finally {
    await rm(path, { force: true });
  }
}

async function take(path: string): Promise<boolean> {
  try {
    await writeFile(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw cause;
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM';
  }
}
