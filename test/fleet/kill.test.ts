import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { build } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import type { AgentEvent } from '../../sdk/fleet/agent-event.ts';
import { startBroker } from '../../sdk/fleet/broker.ts';
import { Controller } from '../../sdk/fleet/controller.ts';
import { initFleet } from '../../sdk/fleet/fleet-directory.ts';
import { Publisher } from '../../sdk/fleet/publisher.ts';
import { afterTest, temporaryDirectory, until } from './support/fleet-fixture.ts';
import { modelFile, openFake } from './support/fake-model.ts';

let script: string;

beforeAll(async () => {
  const { mkdtemp } = await import('node:fs/promises');
  const { tmpdir } = await import('node:os');
  script = join(await mkdtemp(join(tmpdir(), 'halfbyte-device-')), 'device.mjs');
  const banner = { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" };
  const entry = join(import.meta.dirname, 'support', 'device-process.ts');
  await build({ entryPoints: [entry], outfile: script, bundle: true, platform: 'node', format: 'esm', target: 'node20', banner });
  return () => import('node:fs/promises').then(({ rm }) => rm(join(script, '..'), { recursive: true, force: true }));
});

function startDevice(...args: string[]) {
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const events: AgentEvent[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => void events.push(JSON.parse(line) as AgentEvent));
  const ended = new Promise<void>((resolve) => { child.once('exit', () => resolve()); });
  return {
    events,
    has: (name: string) => events.some(({ event }) => event === name),
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

describe('a device process killed with kill -9', () => {
  it('starts with a verified model every time, fetches only what is missing, and finishes the update', async () => {
    const directory = await temporaryDirectory();
    const fleet = join(directory, 'fleet');
    const broker = await startBroker({ port: 0 });
    afterTest(() => broker.close());
    await initFleet(fleet);
    const publisher = new Publisher({ directory: fleet, broker: broker.url });
    const publish = (version: string, bytes: Uint8Array) =>
      publisher.publish({ bytes, name: 'person', version, format: 'fake', chunkSize: 4096, open: (file) => openFake(file) });
    const controller = new Controller({ directory: fleet, broker: broker.url, bytesPerSecond: 400_000 });
    await controller.start();
    afterTest(() => controller.close());
    const args = [join(directory, 'device'), broker.url, join(fleet, 'root.json')];
    const one = await publish('1.0', modelFile('1.0', 40_000));
    const first = startDevice(...args);
    await until(() => first.has('committed'), 'first model', 20_000);
    const two = await publish('2.0', modelFile('2.0', 600_000));
    await until(() => first.has('downloading'), 'second download');
    await first.kill();
    const resumed: number[] = [];
    let finished = false;
    for (let start = 0; start < 30 && !finished; start++) {
      const device = startDevice(...args);
      afterTest(() => device.kill());
      await until(() => device.has('started'), 'start', 20_000);
      const [started] = device.events;
      expect([one.sha256, two.sha256]).toContain(started?.event === 'started' ? started.sha256 : null);
      await until(() => device.has('downloading') || device.has('committed') || device.has('connected'), 'connection', 20_000);
      await delay(100 + 60 * start);
      finished = device.has('committed') || (started?.event === 'started' && started.version === '2.0');
      for (const event of device.events) if (event.event === 'downloading') resumed.push(event.resumed);
      await device.kill();
    }
    expect(finished).toBe(true);
    expect(resumed).toEqual([...resumed].sort((a, b) => a - b));
    expect(resumed.at(-1)).toBeGreaterThan(0);
  }, 240_000);
});
