import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { statistics } from '../../sdk/cli/bench/statistics.ts';
import { TIMED_RUNS, TRIED_RUNS } from '../../sdk/runtime/auto-threads.ts';
import { autoThreads } from '../../sdk/runtime/threads.ts';
import { assetModels } from '../models.ts';
import { capture } from './capture.ts';

const classifier = join(import.meta.dirname, '../fixtures/classifier-v1.tflite');

describe('bench', () => {
  test('has all fields, and steps with --profile', async () => {
    const { code, stdout, stderr } = await capture(
      'bench', classifier, '--threads', '1', '--runs', '5', '--warmup', '2', '--kernel', 'baseline', '--profile', '--json',
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const result = JSON.parse(stdout) as Record<string, number> & { steps: { ms: number; kernel: string; macs: number }[] };
    for (const field of ['medianMs', 'minMs', 'p95Ms', 'gmacs', 'peakGmacs', 'loadMs', 'firstMs', 'rssBytes']) {
      expect([field, result[field]! > 0]).toEqual([field, true]);
    }
    expect(result).toMatchObject({ kernel: 'baseline', runs: 5, warmup: 2 });
    expect(result['minMs']).toBeLessThanOrEqual(result['medianMs']!);
    expect(result['medianMs']).toBeLessThanOrEqual(result['p95Ms']!);
    expect(result.steps.reduce((sum, { macs }) => sum + macs, 0)).toBe(result['macs']);
  });

  test('more than one thread is measured by run(), and said', async () => {
    const { stdout } = await capture('bench', classifier, '--threads', '2', '--runs', '3', '--warmup', '1');
    expect(stdout).toMatch(/3 calls of run\(\) on 2 threads after 1 to warm up/);
  });

  const pose = assetModels.find(({ name }) => name.startsWith('movenet'));
  test.runIf(pose !== undefined && autoThreads() > 1)('threads are chosen before the first measured run, also without --warmup', async () => {
    const { stdout } = await capture('bench', pose!.path, '--warmup', '0', '--runs', '2', '--json');
    const { mode, threads, warmup } = JSON.parse(stdout) as { mode: string; threads: number; warmup: number };
    expect(mode).toBe('run');
    expect(warmup).toBeGreaterThanOrEqual(threads > 1 ? TIMED_RUNS + TRIED_RUNS : TIMED_RUNS);
  });

  test('nearest-rank statistics', () => {
    expect(statistics([3, 1, 2])).toEqual({ min: 1, median: 2, p95: 3 });
    expect(statistics(Array.from({ length: 100 }, (_, at) => 100 - at))).toEqual({ min: 1, median: 50, p95: 95 });
    expect(statistics([7])).toEqual({ min: 7, median: 7, p95: 7 });
  });
});
