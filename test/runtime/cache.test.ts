import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { secondLevelCache } from '../../sdk/runtime/cache.ts';

const folder = mkdtempSync(join(tmpdir(), 'halfbyte-cache-'));
afterAll(() => { rmSync(folder, { recursive: true }); });

describe('second-level cache', () => {
  it.each([['512K\n', 524_288], ['2M\n', 2_097_152], ['many\n', 524_288], ['', 524_288]])('%j is %i bytes', (text, bytes) => {
    mkdirSync(join(folder, 'index2'), { recursive: true });
    writeFileSync(join(folder, 'index2', 'size'), text);
    expect(secondLevelCache(folder)).toBe(bytes);
  });

  it('is that of an A76 where the system does not say', () => {
    expect(secondLevelCache(join(folder, 'missing'))).toBe(524_288);
  });
});
