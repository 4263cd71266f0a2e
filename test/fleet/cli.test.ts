import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runAgent } from '../../sdk/cli/agent/run-agent.ts';
import { serve } from '../../sdk/cli/fleet/serve.ts';
import { capture, Sink } from '../cli/capture.ts';
import { afterTest, temporaryDirectory, until } from './support/fleet-fixture.ts';

const MODEL = join(import.meta.dirname, '..', 'fixtures', 'classifier-v1.tflite');
const PUBLISH = ['fleet', 'publish', '--name', 'a', '--version', '1'];

const AGENT = ['agent', '--broker', 'mqtt://127.0.0.1:1', '--dir'];

function eventsOf({ stdout }: Sink): Record<string, unknown>[] {
  return stdout.split('\n').filter(Boolean).map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** Something that runs until the test ends. */
function background(run: (until: Promise<void>) => Promise<void>) {
  let stop: () => void = () => undefined;
  const running = run(new Promise<void>((resolve) => { stop = resolve; }));
  const end = async (): Promise<void> => {
    stop();
    await running;
  };
  afterTest(end);
  return end;
}

async function servedFleet() {
  const directory = join(await temporaryDirectory(), 'fleet');
  expect((await capture('fleet', 'init', directory, '--tenant', 'acme')).code).toBe(0);
  const server = new Sink();
  background((end) => serve({ dir: directory, host: '127.0.0.1', port: 0, rate: 1e9, json: true }, server.context, end));
  await until(() => server.stdout.includes('serving'), 'server');
  const broker = String(eventsOf(server).find(({ event }) => event === 'serving')?.['broker']);
  return { directory, broker, server };
}

describe('fleet and agent commands', () => {
  it('bring a published model to an agent and show it in status', async () => {
    const { directory, broker } = await servedFleet();
    const at = ['--dir', directory, '--broker', broker];
    const published = await capture('fleet', 'publish', MODEL, '--name', 'person', '--version', '1.0', ...at, '--json');
    expect(published).toMatchObject({ code: 0, stderr: '' });
    const release = JSON.parse(published.stdout) as { sha256: string };
    expect(release).toMatchObject({ model: 'person', version: '1.0', channel: 'stable', class: 'default', counter: 1, metadataVersion: 1 });
    const device = new Sink();
    const options = { dir: join(directory, 'device'), broker, id: 'cam-1', root: join(directory, 'root.json'), class: 'default', channel: 'stable' };
    const stop = background((end) => runAgent({ ...options, threads: 1, json: true }, device.context, end));
    await until(() => device.stdout.includes('"committed"'), 'commit');
    const passed = ['started', 'connected', 'offered', 'downloading', 'asked', 'verified', 'pending', 'committed'];
    expect(eventsOf(device).map(({ event }) => event)).toEqual(passed);
    const status = await capture('fleet', 'status', ...at, '--json');
    const { devices, rollouts } = JSON.parse(status.stdout) as { devices: unknown[]; rollouts: unknown[] };
    expect(rollouts).toEqual([]);
    const [row] = devices;
    expect(row).toMatchObject({ id: 'cam-1', state: 'committed', model: 'person', version: '1.0', sha256: release.sha256 });
    expect(row).toMatchObject({ board: expect.any(String) as string, lastSeen: expect.any(String) as string });
    const table = await capture('fleet', 'status', ...at);
    expect(table.stdout).toMatch(/^device +state +model.*\ncam-1 +committed +person +1\.0/);
    await stop();
    expect((await capture('fleet', 'status', ...at)).stdout).toMatch(/cam-1 +offline +person +1\.0/);
  });

  it('let one agent work in a directory at a time', async () => {
    const { directory, broker } = await servedFleet();
    const options = { dir: join(directory, 'device'), broker, id: 'cam-1', root: join(directory, 'root.json'), class: 'default', channel: 'stable' };
    const first = new Sink();
    const stop = background((end) => runAgent(options, first.context, end));
    await until(() => first.stdout.includes('started'), 'first agent');
    const second = await capture('agent', '--dir', options.dir, '--broker', broker, '--id', 'cam-2');
    expect(second).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/agent\.lock: held by process \d+; wait until it is done, or stop it\n$/) as string });
    await stop();
    await background((end) => runAgent(options, new Sink().context, end))();
    expect(await readdir(options.dir)).not.toContain('agent.lock');
  });

  it('print events for people without --json', async () => {
    const { directory, broker } = await servedFleet();
    const device = new Sink();
    const options = { dir: join(directory, 'device'), broker, id: 'cam-1', root: join(directory, 'root.json'), class: 'default', channel: 'stable' };
    await background((end) => runAgent(options, device.context, end))();
    expect(device.stdout).toMatch(/^\d\d:\d\d:\d\d started {2}state empty/);
  });

  it.each([
    ['publish without a version', ['fleet', 'publish', 'x', '--name', 'a'], 2, /required option '--version/],
    ['publish of a missing file', [...PUBLISH, '/nonexistent', '--dir', 'FLEET'], 2, /cannot be read/],
    ['publish of a broken file', [...PUBLISH, 'FLEET/fleet.json', '--dir', 'FLEET'], 1, /halfbyte: /],
    ['publish to a wrong broker', [...PUBLISH, MODEL, '--dir', 'FLEET', '--broker', 'http://x'], 2, /allowed are URLs/],
    ['status without a broker', ['fleet', 'status', '--dir', 'FLEET', '--broker', 'mqtt://127.0.0.1:1'], 1, /start 'fleet serve' or pass --broker/],
    ['status of no fleet', ['fleet', 'status', '--dir', '/nonexistent'], 2, /pass the directory made by 'fleet init'/],
    ['init over a fleet', ['fleet', 'init', 'FLEET'], 2, /keys are never overwritten/],
    ['init over a file', ['fleet', 'init', 'FLEET/root.json'], 2, /root\.json: cannot be used as a directory \(E/],
    ['serve with a wrong port', ['fleet', 'serve', '--port', '70000'], 2, /0 to 65535/],
    ['agent without a trust anchor', ['agent', '--dir', 'FLEET/device', '--broker', 'mqtt://127.0.0.1:1'], 2, /root.json: missing/],
    ['agent with a wrong broker', ['agent', '--dir', 'FLEET/device', '--root', 'FLEET/root.json', '--broker', 'http://x'], 2, /allowed are URLs/],
    ['agent with a wrong id', ['agent', '--dir', 'FLEET/device', '--broker', 'mqtt://127.0.0.1:1', '--id', 'a/b'], 2, /option 'id': found "a\/b"; allowed are 1 to 36 characters A-Z a-z 0-9 \. _ - beginning with/],
    ['agent with a file for its directory', [...AGENT, 'FLEET/root.json', '--root', 'FLEET/root.json'], 2, /root\.json: cannot be used as a directory \(E/],
    ['agent with a private key for its trust anchor', [...AGENT, 'FLEET/device', '--root', 'FLEET/keys/root.json'], 1, /--root '.+root\.json': signatures: .+; copy root\.json from the fleet/],
    ['agent with a folder for its trust anchor', [...AGENT, 'FLEET/device', '--root', 'FLEET/keys'], 2, /--root '.+keys': cannot be read \(EISDIR\)/],
  ])('%s: one line, the right exit code, nothing on standard output', async (_, args, code, message) => {
    const directory = join(await temporaryDirectory(), 'fleet');
    await capture('fleet', 'init', directory);
    const result = await capture(...args.map((arg) => arg.replace('FLEET', directory)));
    expect(result).toMatchObject({ code, stdout: '' });
    expect(result.stderr).toMatch(message);
    expect(result.stderr.trim().split('\n')).toHaveLength(1);
  });

  it('keeps private keys private', async () => {
    const directory = join(await temporaryDirectory(), 'fleet');
    const { stdout } = await capture('fleet', 'init', directory, '--json');
    const { root, keys } = JSON.parse(stdout) as { root: string; keys: Record<string, string[]> };
    expect(Object.keys(keys)).toEqual(['root', 'targets', 'snapshot', 'timestamp']);
    expect(await readFile(root, 'utf8')).not.toContain('PRIVATE');
  });
});
