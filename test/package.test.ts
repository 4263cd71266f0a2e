import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = dirname(import.meta.dirname);
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string; exports: Record<string, unknown>; dependencies: Record<string, string> };
const subpaths = Object.keys(manifest.exports).filter((path) => path !== './package.json').map((path) => path.replace(/^\./, 'halfbyte'));
let folder = '';

/** The packed package as installed: with its run-time dependencies, and Node's types beside it. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'halfbyte-consumer-'));
  const modules = join(folder, 'node_modules');
  mkdirSync(join(modules, 'halfbyte'), { recursive: true });
  execFileSync('npm', ['pack', '--offline', '--ignore-scripts', '--silent', '--pack-destination', folder], { cwd: root });
  execFileSync('tar', ['-xzf', `halfbyte-${manifest.version}.tgz`, '-C', 'node_modules/halfbyte', '--strip-components=1'], { cwd: folder });
  for (const name of [...Object.keys(manifest.dependencies), '@types/node']) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), join(modules, name));
  }
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  for (const name of ['consumer.mts', 'consumer.cts']) cpSync(join(root, 'test/consumer.ts'), join(folder, name));
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function node(...args: string[]): string {
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  return stdout + stderr;
}

describe('package', () => {
  it.each(subpaths)('%s exports the same names to import and require', (subpath) => {
    const imported = node('--input-type=module', '-e', `console.log(Object.keys(await import('${subpath}')).sort().join())`);
    const required = node('--input-type=commonjs', '-e', `console.log(Object.keys(require('${subpath}')).sort().join())`);
    expect(imported.trim().split(',').length).toBeGreaterThan(1);
    expect(required).toBe(imported);
  });

  it('reads three files and none of the modules of Node that take milliseconds up to the first answer', () => {
    writeFileSync(join(folder, 'hooks.mjs'), `
      export async function load(url, context, next) {
        if (url.includes('/halfbyte/')) process._rawDebug(url.split('/').pop());
        return next(url, context);
      }`);
    const files = node('--no-warnings', '--loader', './hooks.mjs', '--input-type=module', '-e', "await import('halfbyte');").trim().split('\n');
    expect(files[0]).toBe('index.js');
    expect(files).toHaveLength(3);
    const modules = node('--input-type=module', '-e', `
      const before = new Set(process.moduleLoadList);
      const { Model } = await import('halfbyte');
      const model = await Model.load(${JSON.stringify(join(root, 'test/fixtures/classifier-v1.tflite'))}, { threads: 1 });
      model.runSync();
      console.log(JSON.stringify(process.moduleLoadList.filter((name) => !before.has(name))));`);
    expect(modules).toContain('NativeModule os');
    expect(modules).not.toMatch(/worker|stream|crypto|net"/);
  });

  it('runs a model from a CommonJS program that does not close it', () => {
    const fixture = join(root, 'test/fixtures/classifier-v1.tflite');
    const output = node('--input-type=commonjs', '-e', `
      const { Model } = require('halfbyte');
      Model.load(${JSON.stringify(fixture)}, { threads: 2 }).then(async (model) => {
        await model.run();
        console.log(model.outputs[0].data.length);
      });`);
    expect(Number(output)).toBe(2);
  });

  it('runs a model on threads from a program in a string, with a preload larger than the memory of a thread', () => {
    writeFileSync(join(folder, 'preload.cjs'), 'globalThis.large = Array.from({ length: 400_000 }, (_, index) => ({ index }));');
    const output = node('--require', './preload.cjs', '--input-type=module', '-e', `
      import { Model } from 'halfbyte';
      const model = await Model.load(${JSON.stringify(join(root, 'test/fixtures/classifier-v1.tflite'))}, { threads: 2 });
      const { outputs } = await model.run();
      console.log(outputs[0].data.length);`);
    expect(Number(output)).toBe(2);
  });

  it('keeps nothing of a run', () => {
    const output = node('--expose-gc', '--input-type=module', '-e', `
      import { Model } from 'halfbyte';
      const model = await Model.load(${JSON.stringify(join(root, 'test/fixtures/classifier-v1.tflite'))}, { threads: 1 });
      const heapAfter = async (runs) => {
        for (let run = 0; run < runs; run++) await model.run();
        gc();
        return process.memoryUsage().heapUsed;
      };
      const before = await heapAfter(3000);
      console.log((await heapAfter(6000) - before) / 6000);`);
    expect(Number(output)).toBeLessThan(30);
  });

  it('throws errors that are instances of the classes of every entry point, with their full names', () => {
    const output = node('--input-type=commonjs', '-e', `
      const { HalfbyteError, ModelError, OptionError } = require('halfbyte');
      class OwnError extends OptionError {}
      const check = (error) => console.log(...[HalfbyteError, OptionError, ModelError, OwnError].map((type) => error instanceof type), error.constructor.name, error.stack.split(':')[0]);
      try { require('halfbyte/audio').readWav(new Uint8Array(20)); } catch (error) { check(error); }
      check(new OwnError('own', 'message'));
      import('halfbyte/vision').then(({ decodeImage }) => decodeImage(new Uint8Array(20))).catch(check);
      console.log([null, undefined, 'text', new Error('other')].some((value) => value instanceof HalfbyteError));
    `);
    expect(output.split('\n').slice(0, 4)).toEqual([
      'true true false false OptionError OptionError',
      'true true false true OwnError OptionError',
      'false',
      'true true false false OptionError OptionError',
    ]);
  });

  it('is usable from strict TypeScript, as ES module and CommonJS and as in the README, with all types checked', () => {
    const programs = [...readFileSync(join(root, 'README.md'), 'utf8').matchAll(/^```js\n([^]*?)^```$/gm)].map(([, program]) => program!)
      .reduce<string[]>((all, program) => (program.startsWith('import ') ? [...all, program] : [...all.slice(0, -1), all.at(-1)! + program]), []);
    const readme = programs.map((program, index) => {
      writeFileSync(join(folder, `readme-${index}.mts`), program);
      return `readme-${index}.mts`;
    });
    const options = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--target', 'es2022', '--lib', 'es2022', '--types', 'node', '--module', 'node16'];
    expect(node(join(root, 'node_modules/typescript/bin/tsc'), ...options, 'consumer.mts', 'consumer.cts', ...readme)).toBe('');
  }, 60_000);

  it('describes options in the types', () => {
    expect(readFileSync(join(folder, 'node_modules/halfbyte/dist/types/sdk/model.d.ts'), 'utf8')).toMatch(/Worker threads of `run\(\)`[^;]*\n +threads\?: number \| "auto" \| undefined;/);
  });
});
