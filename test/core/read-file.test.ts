import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readFileWithin } from '../../sdk/core/read-file.ts';
import { seededBytes } from '../fixtures/seeded.ts';

const use = { what: 'model \'x\'', wanted: 'a model file' };
let folder = '';
const at = (name: string): string => join(folder, name);
const pipe = (): string => {
  rmSync(at('pipe'), { force: true });
  execFileSync('mkfifo', [at('pipe')]);
  return at('pipe');
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'halfbyte-read-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('readFileWithin', () => {
  test.each([0, 1, 1000])('reads a regular file of %i bytes, up to the bound', async (length) => {
    const bytes = seededBytes(3, length);
    writeFileSync(at('file'), bytes);
    expect(Uint8Array.from(await readFileWithin(at('file'), use, length))).toEqual(bytes);
    expect(await readFileWithin(pathToFileURL(at('file')), use, 1000)).toHaveLength(length);
    writeFileSync(at('longer'), seededBytes(3, length + 1));
    await expect(readFileWithin(at('longer'), use, length)).rejects.toMatchObject({
      name: 'OptionError', code: 'file-too-large', message: `model 'x': has ${length + 1} bytes, at most ${length} are allowed; pass the path of a model file`,
    });
  });

  test('an aborted signal opens nothing: a pipe without a writer would never open', async () => {
    await expect(readFileWithin(pipe(), use, 1000, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  });

  test.each([0, 65_536, 200_000])('reads a pipe of %i bytes, up to the bound', async (length) => {
    const path = pipe();
    const bytes = seededBytes(4, length);
    const [read] = await Promise.all([readFileWithin(path, use, 200_000), writeFile(path, bytes)]);
    expect(Buffer.from(read).equals(bytes)).toBe(true);
  });

  test.runIf(process.platform === 'linux')('a device without an end is read no further than the bound', async () => {
    await expect(readFileWithin('/dev/zero', use, 100_000)).rejects.toMatchObject({
      code: 'file-too-large', message: 'model \'x\': has more than 100000 bytes, at most 100000 are allowed; pass the path of a model file',
    });
  });

  test.runIf(process.platform === 'linux')('a file of procfs states no size', async () => {
    expect(new TextDecoder().decode(await readFileWithin('/proc/self/status', use, 100_000))).toMatch(/^Name:/);
  });

  test('a missing file and a folder cannot be read', async () => {
    await expect(readFileWithin(at('none'), use, 10)).rejects.toMatchObject({
      code: 'unreadable-file', message: 'model \'x\': cannot be read (ENOENT); pass the path of a model file',
    });
    await expect(readFileWithin(folder, use, 10)).rejects.toMatchObject({ code: 'unreadable-file', message: expect.stringContaining('EISDIR') });
  });

  test('an aborted read throws the reason', async () => {
    writeFileSync(at('file'), 'x');
    await expect(readFileWithin(at('file'), use, 10, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  });
});
