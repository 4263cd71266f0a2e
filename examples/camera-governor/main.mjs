// A camera loop while other processes take the processor for a third of the time: once governed, once with its best variant fixed.
// node examples/camera-governor/main.mjs [--seconds N] [--hogs N] [--plot FILE.svg]
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openSensors } from 'halfbyte/devices';
import { candidatesOf, Governor } from 'halfbyte/power';
import { follow, ModelVariants, variantCosts } from 'halfbyte/variants';
import { makeVariants } from './material.mjs';
import { readOptions } from './options.mjs';
import { plot } from './plot.mjs';
import { ThermalTree } from './thermal-tree.mjs';

const { seconds, hogs: hogCount, plot: plotFile } = readOptions();
const limited = { from: seconds / 3, until: (2 * seconds) / 3 };
const RATE = 20;
const SLOT = 0.5;
const power = { idle: 2.5, core: 0.8 };
const thermal = { limit: 80, poles: [{ resistance: 8, seconds: 110 }, { resistance: 3, seconds: 900 }] };
const clock = () => performance.now() / 1000;

const infer = (variants, frame) => variants.infer((inputs) => { for (const { data } of inputs) data.fill(frame % 100); });

/** What else runs on the board. */
const hogs = [];
const endHogs = () => { for (const hog of hogs.splice(0)) hog.kill(); };
const startHogs = () => { for (let hog = 0; hog < hogCount; hog++) hogs.push(spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' })); };

/** Median seconds of one inference on one thread, by variant. */
async function measure(variants) {
  const measured = new Map();
  for (const { name } of variants.variants) {
    await variants.switchTo(name, { threads: 1 });
    const times = [];
    for (let run = 0; run < 25; run++) {
      const begun = clock();
      await infer(variants, run);
      times.push(clock() - begun);
    }
    measured.set(name, [times.sort((a, b) => a - b)[12]]);
  }
  return measured;
}

async function loop(variants, measured, deadline, governed) {
  const tree = await ThermalTree.create(directory, thermal.poles, power);
  const candidates = candidatesOf({ variants: variantCosts(variants.variants, { measured }), power, cores: 1, rates: [RATE], deadline });
  const governor = new Governor({
    board: { power, thermal }, candidates, worth: { dwell: 0.25, scan: 0.02 }, slot: SLOT, deadline, minimumRate: RATE,
    sensors: [openSensors({ root: tree.root, clock })], clock, dwell: 2, policy: governed ? 'price' : 'fixed', dryRun: !governed,
  });
  await variants.switchTo(variants.variants[0].name, { threads: 1 });
  const following = governed ? follow(governor, variants) : undefined;
  const frames = [];
  const begun = clock();
  let slot = 0;
  let slowdown = NaN;
  for (let frame = 0; frame < seconds * RATE; frame++) {
    const captured = frame / RATE;
    await delay(Math.max(0, 1000 * (begun + captured - clock())));
    const now = clock() - begun;
    if (hogs.length === 0 && now >= limited.from && now < limited.until) startHogs();
    if (now >= limited.until) endHogs();
    if (now >= slot * SLOT) {
      slot = Math.floor(now / SLOT) + 1;
      await tree.advance();
      governor.step({ motion: 1, slowdown });
    }
    const row = { captured, temperature: tree.temperature, variant: variants.name, latency: NaN };
    frames.push(row);
    // Following switches variants; to idle is for the loop.
    const { candidate, dryRun } = governor.decision;
    if (now > captured + deadline || (!dryRun && candidate.variant < 0)) continue;
    const started = clock();
    const { variant } = await infer(variants, frame);
    slowdown = (clock() - started) / measured.get(variant.name)[0];
    row.latency = clock() - begun - captured;
    if (row.latency > deadline) governor.step({ motion: 1, slowdown });
  }
  endHogs();
  following?.stop();
  await following?.settled;
  const missed = frames.filter(({ latency }) => !(latency <= deadline)).length;
  console.log(`${governed ? 'governed' : 'fixed   '}  ${missed} of ${frames.length} frames missed ${(1000 * deadline).toFixed(0)} ms; ${new Set(frames.map(({ variant }) => variant)).size} variants used; ${governor.explain()}`);
  return { name: governed ? 'governed' : 'fixed', frames, missed };
}

const directory = await mkdtemp(join(tmpdir(), 'halfbyte-camera-'));
try {
  const variants = await ModelVariants.open(await makeVariants(directory), { threads: 1 });
  const measured = await measure(variants);
  const deadline = Math.min(0.9 / RATE, 2.5 * measured.get(variants.variants[0].name)[0]);
  for (const [name, [latency]] of measured) console.log(`${name}: ${(1000 * latency).toFixed(2)} ms`);
  console.log(`${RATE} frames a second; ${hogCount} other processes from ${limited.from.toFixed(0)} to ${limited.until.toFixed(0)} s`);
  const courses = [await loop(variants, measured, deadline, true), await loop(variants, measured, deadline, false)];
  if (plotFile !== undefined) {
    await writeFile(plotFile, plot(courses, { deadline, limited, seconds }));
    console.log(`${plotFile} written`);
  }
} finally {
  endHogs();
  await rm(directory, { recursive: true });
}
