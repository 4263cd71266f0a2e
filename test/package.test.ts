import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = dirname(import.meta.dirname);
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { exports: Record<string, unknown> };
const subpaths = Object.keys(manifest.exports).filter((path) => path !== './package.json').map((path) => path.replace(/^\./, 'halfbyte'));
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'halfbyte-consumer-'));
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules/halfbyte'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function node(...args: string[]): string {
  return execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
}

describe('package', () => {
  it.each(subpaths)('%s exports the same names to import and require', (subpath) => {
    const imported = node('--input-type=module', '-e', `console.log(Object.keys(await import('${subpath}')).sort().join())`);
    const required = node('--input-type=commonjs', '-e', `console.log(Object.keys(require('${subpath}')).sort().join())`);
    expect(imported.trim().split(',').length).toBeGreaterThan(1);
    expect(required).toBe(imported);
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

  it('is usable from strict TypeScript', () => {
    writeFileSync(join(folder, 'program.ts'), `
      import { Model, ModelError, type Port } from 'halfbyte';
      const model = await Model.load('x.tflite', { threads: 'auto', signal: AbortSignal.timeout(1000) });
      model.inputs[0]?.data.fill(0 as never);
      const { outputs }: { outputs: readonly Port[] } = await model.run();
      const scale: number | undefined = outputs[0]?.quantization?.scales[0];
      // @ts-expect-error threads is a number or 'auto'
      await Model.load('x', { threads: 'many' });
      console.log(scale, ModelError.name);
      await model.close();
    `);
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const types = join(root, 'node_modules/@types');
    expect(() => node(tsc, '--noEmit', '--strict', '--target', 'es2022', '--module', 'nodenext', '--skipLibCheck', '--typeRoots', types, '--types', 'node', 'program.ts')).not.toThrow();
  });
});
