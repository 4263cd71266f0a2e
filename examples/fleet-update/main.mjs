// The whole update path on one machine: a broker and a controller here, two devices as processes of their own.
// node examples/fleet-update/main.mjs [--stay]
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Model } from 'halfbyte';
import { Controller, Publisher, initFleet, startBroker } from 'halfbyte/fleet';
import { publishHostileChunks } from './hostile.mjs';
import { chooseMaterial } from './material.mjs';
import { startNoisyLine } from './noisy-line.mjs';

const args = process.argv.slice(2);
if (args.some((arg) => arg !== '--stay')) {
  console.log('npm start, or node examples/fleet-update/main.mjs [--stay]\n  --stay  keep broker, controller and devices running, to look at them with other commands');
  process.exit(args.includes('--help') ? 0 : 2);
}

const LIMIT_MS = 30_000;
const begun = performance.now();
const say = (text) => console.log(`${((performance.now() - begun) / 1000).toFixed(1).padStart(5)} s  ${text}`);
const failures = [];
const check = (holds, what) => {
  if (holds) return;
  failures.push(what);
  say(`NOT AS EXPECTED: ${what}`);
};

const directory = await mkdtemp(join(tmpdir(), 'halfbyte-demo-'));
const material = await chooseMaterial(join(directory, 'pictures'));
say(`models and pictures: ${material.what}`);

const fleetDirectory = join(directory, 'fleet');
await initFleet(fleetDirectory, { tenant: 'demo' });
const broker = await startBroker({ port: 0 });
const controller = new Controller({ directory: fleetDirectory, broker: broker.url });
await controller.start();
say(`broker and controller at ${broker.url}`);

const publisher = new Publisher({ directory: fleetDirectory, broker: broker.url });
const open = (bytes) => Model.load(bytes, { threads: 1 });
async function publish(version, path, change = {}) {
  const bytes = await readFile(path);
  const model = { bytes, name: 'person', version, format: 'tflite', chunkSize: material.chunkSize, open };
  return (change.publisher ?? publisher).publish({ ...model, ...(change.open && { open: change.open }) });
}

function startDevice(id, url) {
  const script = join(dirname(fileURLToPath(import.meta.url)), 'device.mjs');
  const args = ['--dir', join(directory, id), '--broker', url, '--id', id, '--root', join(fleetDirectory, 'root.json'), ...material.pictures];
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const device = { id, child, events: [], frames: undefined, ended: new Promise((resolve) => child.once('exit', resolve)) };
  createInterface({ input: child.stdout }).on('line', (line) => {
    const event = JSON.parse(line);
    if (event.event === 'frames') device.frames = event;
    else device.events.push(event);
  });
  return device;
}

async function until(condition, what) {
  const end = performance.now() + LIMIT_MS;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`${what}: not within ${LIMIT_MS / 1000} s`);
    await delay(20);
  }
}
const saw = (device, name, version) => device.events.find((event) => event.event === name && (version === undefined || event.version === version));
const allSaw = (name, version) => until(() => devices.every((device) => saw(device, name, version)), `${name} ${version ?? ''} on every device`);
const codes = (device, name) => device.events.filter((event) => event.event === name).map(({ code }) => code);
/** How many chunks a device asked for, time after time, while it fetched a version. */
const asked = ({ events }, version) => events
  .slice(events.findIndex((event) => event.event === 'downloading' && event.version === version))
  .filter(({ event }) => event === 'asked')
  .map(({ chunks }) => chunks);
/** A device that did not ask took the chunks which the other one had asked for. */
const requests = (counts) => (counts.length === 0 ? 'had no need to ask for chunks' : `asked for ${counts.join(', then ')} chunks`);
/** Lets some frames pass, so that what follows is measured in steady operation. */
const framesPass = (count) => {
  const start = devices.map(({ frames }) => frames?.answered ?? 0);
  return until(() => devices.every(({ frames }, index) => (frames?.answered ?? 0) >= start[index] + count), `${count} frames`);
};

const devices = [];
const line = await startNoisyLine(broker.port);
try {
  const one = await publish('1.0', material.v1);
  say(`published v1.0: ${one.length} bytes in ${one.chunks.length} chunks, sha256 ${one.sha256.slice(0, 12)}`);
  devices.push(startDevice('device-a', line.url), startDevice('device-b', broker.url));
  await allSaw('committed', '1.0');
  say('device-a and device-b fetched v1.0, proved it with the golden input and classify a picture every 100 ms');
  await framesPass(15);

  line.damageOne();
  const hostile = await publishHostileChunks(broker.url, 'demo', material.chunkSize);
  const published = performance.now();
  const two = await publish('2.0', material.v2);
  say(`published v2.0: ${two.length} bytes in ${two.chunks.length} chunks; a bit of a chunk to device-a is flipped, an outsider sends wrong chunks`);
  await allSaw('committed', '2.0');
  say(`both devices switched to v2.0 ${((performance.now() - published) / 1000).toFixed(1)} s after publishing`);
  await hostile.close();
  await framesPass(5);
  for (const device of devices) {
    say(`${device.id} refused: ${codes(device, 'chunk-refused').join(', ')}; ${requests(asked(device, '2.0'))}`);
  }
  check(line.damaged === 1, 'one chunk was damaged on its way');
  check(codes(devices[0], 'chunk-refused').includes('broken-chunk'), 'device-a refused the damaged chunk');
  // The damaged chunk comes again because device-a asks for it, or because device-b did not have it yet.
  check(asked(devices[0], '2.0').every((count, index, counts) => index === 0 || count <= counts[index - 1]), 'device-a asked again for what it lacked only');
  for (const device of devices) check(codes(device, 'chunk-refused').includes('wrong-chunk'), `${device.id} refused the wrong chunk of the outsider`);
  await framesPass(10);

  const thief = join(directory, 'thief');
  await initFleet(thief, { tenant: 'demo' });
  await publish('3.0', material.v1, { publisher: new Publisher({ directory: thief, broker: broker.url }) });
  say('published v3.0 signed with another key');
  await until(() => devices.every((device) => codes(device, 'refused').includes('wrong-signature')), 'v3.0 refused');
  say('both devices refused v3.0: wrong-signature');
  await framesPass(5);

  const otherRuntime = async (bytes) => {
    const model = await open(bytes);
    const run = async () => {
      await model.run();
      model.outputs[0].data[0] ^= 1;
    };
    return { inputs: model.inputs, outputs: model.outputs, run, close: () => model.close() };
  };
  const four = await publish('4.0', material.v1, { open: otherRuntime });
  say('published v4.0, rightly signed, whose golden outputs no device can reproduce');
  await allSaw('rolled-back', '4.0');
  say(`both devices rolled v4.0 back: ${saw(devices[0], 'rolled-back', '4.0').code}`);
  await framesPass(10);

  for (const { id, frames } of devices) {
    check(frames.report.sha256 === two.sha256 && frames.report.version === '2.0', `${id} runs v2.0`);
    check(frames.report.rollback?.counter === four.counter, `${id} reports why v4.0 was rolled back`);
    check(frames.missed === 0, `${id} missed no frame`);
    for (const version of material.expected ? ['1.0', '2.0'] : []) {
      check(JSON.stringify(frames.answers[version]) === JSON.stringify(material.expected), `${id} v${version} tells the pictures apart`);
    }
  }
  await until(() => controller.devices.filter(({ state }) => state === 'rolled-back').length === 2, 'reports at the controller');
  for (const row of controller.devices) check(row.sha256 === two.sha256 && row.version === '2.0', `the controller knows that ${row.id} runs v2.0`);

  const ms = (value) => `${value.toFixed(2)} ms`;
  const rows = {
    running: ({ report }) => `v${report.version}`,
    'sha256 of the loaded bytes': ({ report }) => report.sha256.slice(0, 16),
    'self-test': ({ report }) => (report.selfTest ? 'passed' : '-'),
    'bytes received': ({ report }) => report.bytesReceived,
    'latency v1.0 (median)': ({ medianMs }) => ms(medianMs['1.0']),
    'latency v2.0 (median)': ({ medianMs }) => ms(medianMs['2.0']),
    'frames answered': ({ answered }) => answered,
    'frames missed': ({ missed }) => missed,
    'longest time between answers': ({ longestGapMs }) => `${longestGapMs.toFixed(0)} ms`,
    'rolled back': ({ report }) => `v4.0: ${report.rollback?.code}`,
  };
  const table = Object.entries(rows).map(([row, cell]) => [row, Object.fromEntries(devices.map(({ id, frames }) => [id, cell(frames)]))]);
  console.log('');
  console.table(Object.fromEntries(table));
  if (args.includes('--stay') && failures.length === 0) {
    say(`staying up; Ctrl-C ends. Ask with: npx halfbyte fleet status --dir ${fleetDirectory} --broker ${broker.url}`);
    await new Promise((resolve) => { for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, resolve); });
  }
} catch (error) {
  check(false, error.message);
  for (const { id, events } of devices) console.error(id, events.map(({ event, code }) => code ?? event).join(' '));
} finally {
  for (const { child } of devices) child.kill('SIGTERM');
  await Promise.all(devices.map(({ ended }) => ended));
  line.close();
  await controller.close();
  await broker.close();
  await rm(directory, { recursive: true, force: true });
}
say(failures.length === 0 ? 'done: v2.0 runs everywhere, nothing was missed' : `failed: ${failures.join('; ')}`);
process.exitCode = failures.length === 0 ? 0 : 1;
