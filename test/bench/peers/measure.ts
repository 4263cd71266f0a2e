import { readFileSync } from 'node:fs';
import { statistics } from '../../../sdk/cli/bench/statistics.ts';
import type { Measurement, Timing } from './types.ts';

/** A window this much faster than the best before it says that the engine is still being optimized. */
const STILL_FASTER = 0.97;
const MOST_RUNS = 5000;

/** One inference; engines with an asynchronous API return a promise. */
export type Infer = () => unknown;

async function time(infer: Infer): Promise<number> {
  const start = performance.now();
  const pending = infer();
  if (pending instanceof Promise) await pending;
  return performance.now() - start;
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

async function runFor(infer: Infer, ms: number, leastRuns: number): Promise<number[]> {
  const times: number[] = [];
  const start = performance.now();
  while ((performance.now() - start < ms || times.length < leastRuns) && times.length < MOST_RUNS) times.push(await time(infer));
  await nextTurn();
  return times;
}

/** Runs until the engine's code is no longer getting faster. @returns milliseconds */
async function warmUp(infer: Infer, { warmMs, warmLimitMs, windowMs }: Timing): Promise<number> {
  const start = performance.now();
  let best = Infinity;
  while (true) {
    const { median } = statistics(await runFor(infer, windowMs, 2));
    const elapsed = performance.now() - start;
    if ((elapsed >= warmMs && median > STILL_FASTER * best) || elapsed >= warmLimitMs) return elapsed;
    best = Math.min(best, median);
  }
}

/** VmHWM; `process.resourceUsage().maxRSS` would start at the parent's, which fork hands down. */
function peakResidentBytes(): number {
  const line = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
  return Number(line?.[1] ?? NaN) * 1024;
}

/** Cold start, warm-up until steady, then the statistics of many runs. `loadMs` is when the model was ready. */
export async function measure(infer: Infer, loadMs: number, timing: Timing): Promise<Omit<Measurement, 'answer' | 'profile'>> {
  await time(infer);
  // Milliseconds since the process started.
  const coldMs = performance.now();
  const warmupMs = await warmUp(infer, timing);
  const before = process.cpuUsage();
  const times = await runFor(infer, timing.measureMs, timing.leastRuns);
  const cpu = process.cpuUsage(before);
  const { min, median, p95 } = statistics(times);
  return {
    loadMs,
    coldMs,
    warmupMs,
    medianMs: median,
    minMs: min,
    p95Ms: p95,
    cpuMs: (cpu.user + cpu.system) / 1000 / times.length,
    runs: times.length,
    rssBytes: peakResidentBytes(),
  };
}
