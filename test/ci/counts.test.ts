import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'halfbyte-counts-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Report {
  readonly success?: boolean;
  readonly results?: readonly string[];
}

/** A report of vitest about one file of tests. */
function report(name: string, { success = true, results = [] }: Report): string {
  const path = join(folder, `${name}.json`);
  const assertionResults = results.map((status, index) => ({ status, fullName: `case ${index}` }));
  const status = results.includes('failed') || !success ? 'failed' : 'passed';
  writeFileSync(path, JSON.stringify({ success, testResults: [{ name: 'test/some.test.ts', startTime: 0, endTime: 1500, status, assertionResults }] }));
  return path;
}

/** Exit code and last line. */
function count(reports: readonly string[], stages: readonly string[], assets: string): [number | null, string] {
  const { status, stdout } = spawnSync(process.execPath, ['scripts/ci/counts.mjs', ...reports, '--', ...stages], {
    encoding: 'utf8', env: { ...process.env, HALFBYTE_ASSETS: assets },
  });
  return [status, stdout.trim().split('\n').at(-1)!];
}

describe('the closing line of .ci/run', () => {
  it('sums the reports', () => {
    const reports = [report('one', { results: ['passed', 'passed'] }), report('two', { results: ['passed'] })];
    expect(count(reports, [], folder)).toEqual([0, '3 passed, 0 failed']);
  });

  it('counts failed tests, runs without a report, errors outside of tests and other stages', () => {
    const reports = [
      report('three', { success: false, results: ['passed', 'failed'] }),
      report('four', { success: false, results: ['passed'] }),
      join(folder, 'never-written.json'),
    ];
    expect(count(reports, ['check', 'start'], folder)).toEqual([1, '2 passed, 5 failed']);
  });

  it('lets tests skip only where the assets are absent', () => {
    const reports = [report('five', { results: ['passed', 'pending'] })];
    expect(count(reports, [], join(folder, 'absent'))).toEqual([0, '1 passed, 0 failed']);
    expect(count(reports, [], folder)).toEqual([1, '1 passed, 1 failed']);
  });
});
