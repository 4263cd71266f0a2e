import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { firstCores } from './cores.ts';
import { litertEntry, litertScript, prepareLitert } from './peers/litert-files.ts';
import { measure } from './peers/measure.ts';
import { readInput } from './peers/serve.ts';
import type { Job, Timing } from './peers/types.ts';
import { runJob } from './run-job.ts';

const folder = mkdtempSync(join(tmpdir(), 'halfbyte-bench-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const timing: Timing = { warmMs: 20, warmLimitMs: 200, windowMs: 10, measureMs: 20, leastRuns: 5 };
const job: Job = { variant: '', model: '', inputs: [], threads: 1, timing, sdk: '' };

function program(source: string): Parameters<typeof runJob>[1] {
  const file = join(folder, `${Math.random()}.cjs`);
  writeFileSync(file, source);
  return { executable: process.execPath, program: file, cores: firstCores(1) };
}

describe('measuring processes', () => {
  test('are pinned, get the job and send one outcome', async () => {
    const source = `const cores = /Cpus_allowed_list:\\s*(.*)/.exec(require('fs').readFileSync('/proc/self/status', 'utf8'))[1];
      console.log('noise');
      require('fs').writeSync(3, JSON.stringify({ error: { code: cores, message: JSON.parse(process.argv[2]).timing.leastRuns + '' } }));`;
    expect(await runJob(job, program(source))).toEqual({ error: { code: String(firstCores(1)[0]), message: '5' } });
  });

  test('that end without an outcome are failures with the reason', async () => {
    expect(await runJob(job, program("throw new Error('engine broke')"))).toEqual({
      error: { code: 'crashed', message: expect.stringContaining('Error: engine broke') as string },
    });
  });

  test('measure: warm-up lasts until an engine gets no faster', async () => {
    let [clock, calls] = [0, 0];
    const now = vi.spyOn(performance, 'now').mockImplementation(() => clock);
    try {
      const result = await measure(() => (clock += Math.max(1, 6 * 0.9 ** calls++)), 40, timing);
      expect(result).toMatchObject({ loadMs: 40, coldMs: 6, medianMs: 1, minMs: 1, runs: 20 });
      expect(result.warmupMs).toBeGreaterThan(40);
      expect(result.warmupMs).toBeLessThan(timing.warmLimitMs);
      expect(result.rssBytes).toBeGreaterThan(10e6);
    } finally {
      now.mockRestore();
    }
  });

  test('inputs keep their element type', () => {
    const file = join(folder, 'input.bin');
    writeFileSync(file, Buffer.from(Float32Array.of(1.5, -2).buffer));
    expect(readInput({ file, dtype: 'float32', shape: [2] })).toEqual(Float32Array.of(1.5, -2));
    expect(readInput({ file, dtype: 'int8', shape: [8] })).toHaveLength(8);
  });

  test('LiteRT.js: int8 is one more row of its table of types, its scripts can be required', () => {
    mkdirSync(join(folder, 'node_modules/@litertjs/core/dist'), { recursive: true });
    mkdirSync(join(folder, 'node_modules/@litertjs/core/wasm'), { recursive: true });
    writeFileSync(litertEntry(folder, false), 'var DATATYPES = Object.freeze([{ dtype: "float32" }]);');
    writeFileSync(join(folder, 'node_modules/@litertjs/core/wasm/litert_wasm_compat_internal.js'), 'module.exports = 7;');
    prepareLitert(folder);
    expect(readFileSync(litertEntry(folder, true), 'utf8')).toMatch(/freeze\(\[\{ dtype: "int8", .*\},\{ dtype: "float32" \}\]\)/);
    expect(createRequire(import.meta.url)(litertScript(folder, 'compat'))).toBe(7);
    writeFileSync(litertEntry(folder, false), 'another version');
    expect(() => prepareLitert(folder)).toThrow(/no table of tensor types/);
  });
});
