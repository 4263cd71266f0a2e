// One device: keeps a proven model running and classifies a picture every 100 ms. Prints events and figures as JSON lines.
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { Model } from 'halfbyte';
import { DeviceAgent } from 'halfbyte/fleet';
import { ImageClassifier, decodeImage } from 'halfbyte/vision';

const FRAME_MS = 100;
const QUEUE = 4; // frames the camera holds before it drops one

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { dir: { type: 'string' }, broker: { type: 'string' }, id: { type: 'string' }, root: { type: 'string' } },
});
const print = (event) => process.stdout.write(`${JSON.stringify(event)}\n`);
const pictures = await Promise.all(positionals.map(async (path) => decodeImage(await readFile(path))));

const agent = new DeviceAgent({
  directory: values.dir,
  broker: values.broker,
  id: values.id,
  trustAnchor: await readFile(values.root),
  open: (bytes) => Model.load(bytes, { threads: 1 }),
  onEvent: print,
});
await agent.start();

const classifiers = new WeakMap();
const waiting = [];
const latencies = new Map();
const answers = new Map();
const figures = { answered: 0, missed: 0, longestGapMs: 0 };
let lastAnswer;

async function answer(frame) {
  const start = performance.now();
  await agent.model.use(async ({ model, installed }) => {
    if (!classifiers.has(model)) classifiers.set(model, new ImageClassifier(model));
    const [best] = await classifiers.get(model).classify(pictures[frame % pictures.length], { top: 1 });
    const end = performance.now();
    latencies.set(installed.version, [...(latencies.get(installed.version) ?? []), end - start].slice(-500));
    answers.set(installed.version, { ...answers.get(installed.version), [frame % pictures.length]: best.index });
    if (lastAnswer !== undefined) figures.longestGapMs = Math.max(figures.longestGapMs, end - lastAnswer);
    lastAnswer = end;
    figures.answered++;
  });
}

let working = false;
async function work() {
  if (working) return;
  working = true;
  while (waiting.length > 0) {
    await answer(waiting.shift()).catch((error) => {
      figures.missed++;
      print({ event: 'frame-failed', message: error.message });
    });
  }
  working = false;
}

// The camera starts with the first model: from then on every frame must be answered.
await agent.model.use(() => undefined);
let frame = 0;
const camera = setInterval(() => {
  waiting.push(frame++);
  if (waiting.length > QUEUE) {
    waiting.shift();
    figures.missed++;
  }
  work();
}, FRAME_MS);

const median = (times) => [...times].sort((a, b) => a - b)[times.length >> 1];
const reporting = setInterval(() => {
  const medianMs = Object.fromEntries([...latencies].map(([version, times]) => [version, median(times)]));
  print({ event: 'frames', ...figures, medianMs, answers: Object.fromEntries(answers), report: agent.report });
}, 250);

process.once('SIGTERM', async () => {
  clearInterval(camera);
  clearInterval(reporting);
  await agent.close();
});
