import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { lockFile } from '../../sdk/fleet/lock-file.ts';

vi.mock('node:fs/promises', async (original) => ({
  ...await original<typeof import('node:fs/promises')>(),
  link: () => Promise.reject(Object.assign(new Error('EPERM: operation not permitted, link'), { code: 'EPERM' })),
}));

it('locks where the file system has no hard links, and takes over what a power cut left there', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'halfbyte-lock-'));
  const path = join(directory, 'agent.lock');
  try {
    await writeFile(path, '');
    const unlock = await lockFile(path);
    await expect(lockFile(path)).rejects.toMatchObject({ code: 'busy' });
    await unlock();
    expect(await readdir(directory)).toEqual([]);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});
