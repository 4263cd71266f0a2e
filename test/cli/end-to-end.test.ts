import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, openSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { startBroker } from '../../sdk/fleet/broker.ts';

const root = dirname(dirname(import.meta.dirname));
const cli = join(root, 'dist/cli.js');
const classifier = join(root, 'test/fixtures/classifier-v1.tflite');

function halfbyte(...args: readonly string[]): { status: number | null; stdout: string; lines: number } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8' });
  return { status, stdout, lines: stderr === '' ? 0 : stderr.trimEnd().split('\n').length };
}

test('success is 0, wrong use is 2, failure is 1; standard output stays empty on errors', () => {
  const good = halfbyte('inspect', classifier, '--json');
  expect([good.status, good.lines]).toEqual([0, 0]);
  expect(JSON.parse(good.stdout)).toMatchObject({ format: 'tflite' });
  expect(halfbyte('inspect', classifier, '--colour')).toEqual({ status: 2, stdout: '', lines: 1 });
  expect(halfbyte('inspect', cli)).toEqual({ status: 1, stdout: '', lines: 1 });
});

test('works from another folder', () => {
  const { status, stdout } = spawnSync(process.execPath, [cli, '--version'], { encoding: 'utf8', cwd: '/' });
  expect([status, stdout]).toEqual([0, expect.stringMatching(/^\d+\.\d+\.\d+\n$/)]);
});

test('ends quietly when nobody reads its output any more', async () => {
  const child = spawn(process.execPath, [cli, 'inspect', classifier, '--plan']);
  child.stdout.destroy();
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

test('fleet serve and agent go on when nobody reads their output any more', async () => {
  const directory = join(mkdtempSync(join(tmpdir(), 'halfbyte-unread-')), 'fleet');
  expect(halfbyte('fleet', 'init', directory).status).toBe(0);
  const children: ChildProcess[] = [];
  const unread = async (...args: readonly string[]): Promise<string> => {
    const child = spawn(process.execPath, [cli, ...args, '--json'], { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    let text = '';
    for await (const piece of child.stdout) {
      text += String(piece);
      if (/"(serving|connected)"/.test(text)) break;
    }
    return text;
  };
  const broker = /mqtt:[^"]+/.exec(await unread('fleet', 'serve', '--dir', directory, '--port', '0'))![0];
  await unread('agent', '--dir', join(directory, 'device'), '--root', join(directory, 'root.json'), '--id', 'cam-1', '--broker', broker);
  const at = ['--dir', directory, '--broker', broker];
  expect(halfbyte('fleet', 'publish', classifier, '--name', 'a', '--version', '1', ...at).status).toBe(0);
  await expect.poll(() => halfbyte('fleet', 'status', ...at).stdout, { timeout: 20_000 }).toMatch(/cam-1 +committed/);
  const codes = children.map((child) => new Promise((resolve) => child.on('close', resolve)));
  for (const child of children.reverse()) child.kill('SIGTERM');
  expect(await Promise.all(codes)).toEqual([0, 0]);
}, 40_000);

test.skipIf(!existsSync('/dev/full'))('says in one line that its output cannot be written', () => {
  const { status, stderr } = spawnSync(process.execPath, [cli, 'inspect', classifier], { encoding: 'utf8', stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'] });
  expect({ status, stderr }).toEqual({ status: 1, stderr: 'halfbyte: standard output: cannot be written (ENOSPC); free some room, or send it elsewhere\n' });
});

test('fleet serve ends where its port is taken', async () => {
  const directory = join(mkdtempSync(join(tmpdir(), 'halfbyte-serve-')), 'fleet');
  expect(halfbyte('fleet', 'init', directory).status).toBe(0);
  await using broker = Object.assign(await startBroker({ port: 0 }), { async [Symbol.asyncDispose]() { await broker.close(); } });
  const child = spawn(process.execPath, [cli, 'fleet', 'serve', '--dir', directory, '--port', String(broker.port)], { timeout: 20_000 });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  expect(await new Promise((resolve) => child.on('close', resolve))).toBe(1);
  expect(stderr).toContain('EADDRINUSE; choose another --port');
}, 30_000);

test.each([
  ['ES modules', `import('${join(root, 'dist/index.js')}').then(({ Model }) => Model.load('none.tflite'))`],
  ['CommonJS', `require('${join(root, 'dist/index.cjs')}').Model.load('none.tflite')`],
])('an error that nobody catches is short in %s', (_name, program) => {
  const { stderr } = spawnSync(process.execPath, ['-e', program], { encoding: 'utf8' });
  expect(stderr).toContain("model 'none.tflite': cannot be read");
  expect(stderr.length).toBeLessThan(4000);
});

test.each<[string, string[], number, RegExp]>([
  ['the camera example', ['examples/camera-governor/main.mjs', '--help'], 0, /^node examples\/camera-governor\/main\.mjs \[options\]\n {2}--seconds N/],
  ['a wrong option of it', ['examples/camera-governor/main.mjs', '--hogs', 'x'], 2, /^camera-governor: --hogs x: allowed are whole numbers from 0\nnode /],
  ['a plot of it that cannot be written', ['examples/camera-governor/main.mjs', '--plot', '/dev/null/x.svg'], 2, /^camera-governor: ENOTDIR/],
  ['the demonstration', ['examples/fleet-update/main.mjs', '--help'], 0, /^npm start, or node .+ \[--stay\]\n/],
  ['npm run verify', ['scripts/run-ts.mjs', 'test/verify/main.ts', '--help'], 0, /^npm run verify\n/],
])('%s tells its options and does nothing else', (_, args, code, message) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', cwd: root, timeout: 20_000 });
  expect(stdout + stderr).toMatch(message);
  expect(status).toBe(code);
}, 30_000);
