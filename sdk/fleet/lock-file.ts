import { randomUUID } from 'node:crypto';
import { constants, copyFile, link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { UpdateError } from '../core/errors.ts';

/** Gives a lock back. */
export type Unlock = () => Promise<void>;

/** How file systems without hard links (FAT) refuse one. */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/** Other processes that may come between before a lock file is given up on. */
const MOST_TRIES = 100;

/**
 * Takes the lock file for this process; one left by a process that died is taken over, also where its number is another process's by now.
 * @throws UpdateError `busy` when a running process of this PID namespace holds it, or what is there can be neither read nor removed
 */
export async function lockFile(path: string): Promise<Unlock> {
  const id = randomUUID();
  const content = `${process.pid} ${await startOf(process.pid)} ${id}`;
  const draft = `${path}.${id}`;
  await writeFile(draft, content);
  try {
    // A lock appears with its content where there are hard links: an empty one is what a power cut left.
    for (let tries = 1; !(await appeared(draft, path)); tries++) {
      if (tries > MOST_TRIES) throw blocked(path, 'it comes again');
      const found = await contentOf(path);
      if (found === undefined) continue;
      await refuseHeld(path, found);
      await removeStale(path, found, `${draft}-stale`);
    }
  } finally {
    await rm(draft, { force: true });
  }
  return async () => {
    if (await contentOf(path) === content) await rm(path, { force: true });
  };
}

function blocked(path: string, why: string): UpdateError {
  return new UpdateError('busy', `${path}: cannot be taken over (${why}); stop what holds it, or remove it`);
}

/** What `step` gives; undefined where the file is gone. */
async function unlessGone<T>(path: string, step: Promise<T>): Promise<T | undefined> {
  try {
    return await step;
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw blocked(path, code ?? message);
  }
}

function contentOf(path: string): Promise<string | undefined> {
  return unlessGone(path, readFile(path, 'utf8'));
}

/** Puts a file at `to` unless there is one. */
async function appeared(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to).catch((cause: unknown) => {
      if (!NO_LINKS.has((cause as NodeJS.ErrnoException).code ?? '')) throw cause;
      return copyFile(from, to, constants.COPYFILE_EXCL);
    });
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw cause;
  }
}

/** Removes the lock that was read, not one that another process took since: that is put back. */
async function removeStale(path: string, found: string, aside: string): Promise<void> {
  await unlessGone(path, rename(path, aside));
  if ((await contentOf(aside) ?? found) !== found) await appeared(aside, path);
  await rm(aside, { force: true });
}

async function refuseHeld(path: string, found: string): Promise<void> {
  const [holder = '', start = ''] = found.split(' ');
  const pid = Number(holder);
  if (!isAlive(pid)) return;
  const now = await startOf(pid);
  if (start === '' || now === '' || start === now) throw new UpdateError('busy', `${path}: held by process ${pid}; wait until it is done, or stop it`);
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

/** Boot and clock tick that a process started at, which no other process with its number has; '' where the system does not tell. */
async function startOf(pid: number): Promise<string> {
  try {
    const [boot, stat] = await Promise.all([readFile('/proc/sys/kernel/random/boot_id', 'utf8'), readFile(`/proc/${pid}/stat`, 'utf8')]);
    // proc_pid_stat(5): state is field 3, start time field 22; a zombie (Z) holds nothing.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? 'ended' : `${boot.trim()}:${fields[19]}`;
  } catch {
    return '';
  }
}
