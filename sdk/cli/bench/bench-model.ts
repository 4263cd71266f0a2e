import { Model } from '../../model.ts';
import type { KernelModule, StepProfile } from '../../runtime/types.ts';
import { autoThreads } from '../../runtime/threads.ts';
import { printJson, progress } from '../output.ts';
import { formatBytes, formatMs, formatTable } from '../table.ts';
import type { CliContext } from '../types.ts';
import { statistics } from './statistics.ts';
import { warmUp } from './warm-up.ts';

/** Options of `bench` after parsing. */
export interface BenchOptions {
  readonly threads?: number;
  readonly runs?: number;
  readonly warmup: number;
  readonly kernel: KernelModule | 'auto';
  readonly profile?: boolean;
  readonly json?: boolean;
}

/** Nets faster than this on one thread gain nothing from other threads and are measured without the hop to them. */
const SYNC_BELOW_MS = 1;
const MEASURE_MS = 1000;
const LEAST_RUNS = 20;
const MOST_RUNS = 1000;
const PROFILE_RUNS = 25;

interface BenchResult {
  readonly model: string;
  readonly medianMs: number;
  readonly minMs: number;
  readonly p95Ms: number;
  readonly runs: number;
  /** Runs before those measured: as many as asked for, more where the number of threads was still being chosen. */
  readonly warmup: number;
  /** `runSync` on the calling thread, or `run` on worker threads. */
  readonly mode: 'run' | 'runSync';
  readonly threads: number;
  readonly macs: number;
  readonly gmacs: number;
  /** Register-only loop of the same dot product on one thread of this process. */
  readonly peakGmacs: number;
  readonly kernel: string;
  readonly dot: string;
  readonly loadMs: number;
  readonly firstMs: number;
  readonly rssBytes: number;
  readonly steps?: readonly (StepProfile & { readonly gmacs: number })[];
}

async function timed(action: () => unknown): Promise<number> {
  const start = performance.now();
  await action();
  return performance.now() - start;
}

async function repeat(count: number, once: () => Promise<number>): Promise<number[]> {
  const times: number[] = [];
  for (let run = 0; run < count; run++) times.push(await once());
  return times;
}

function syncTime(model: Model): Promise<number> {
  const start = performance.now();
  model.runSync();
  return Promise.resolve(performance.now() - start);
}

function profileSteps(model: Model): BenchResult['steps'] {
  const profiles = Array.from({ length: PROFILE_RUNS }, () => model.profile());
  return profiles[0]!.map((step, index) => {
    const ms = statistics(profiles.map((profile) => profile[index]!.ms)).median;
    return { ...step, ms, gmacs: ms === 0 ? 0 : step.macs / ms / 1e6 };
  });
}

async function measure(model: Model, loadMs: number, options: BenchOptions, context: CliContext): Promise<BenchResult> {
  const firstMs = await syncTime(model);
  progress(context, 'warming up');
  const before = model.measurePeak();
  const single = statistics(await repeat(Math.max(1, options.warmup), () => syncTime(model))).median;
  const mode = single < SYNC_BELOW_MS && (options.threads ?? 1) === 1 ? 'runSync' : 'run';
  const once = mode === 'runSync' ? () => syncTime(model) : () => timed(() => model.run());
  const chooses = options.threads === undefined && autoThreads() > 1;
  const warmup = mode === 'run' ? await warmUp(model, options.warmup, chooses) : options.warmup;
  const runs = options.runs ?? Math.min(MOST_RUNS, Math.max(LEAST_RUNS, Math.ceil(MEASURE_MS / single)));
  progress(context, `measuring ${runs} runs`);
  const { min, median, p95 } = statistics(await repeat(runs, once));
  const macs = model.plan.steps.reduce((sum, step) => sum + step.macs, 0);
  return {
    model: model.name,
    medianMs: median,
    minMs: min,
    p95Ms: p95,
    runs,
    warmup,
    mode,
    threads: mode === 'runSync' ? 1 : model.threads,
    macs,
    gmacs: macs / median / 1e6,
    peakGmacs: Math.max(before, model.measurePeak()),
    kernel: model.kernel,
    dot: model.dot,
    loadMs,
    firstMs,
    rssBytes: process.memoryUsage.rss(),
    ...(options.profile && { steps: profileSteps(model)! }),
  };
}

function printText(result: BenchResult, context: CliContext): void {
  const threads = `${result.threads} thread${result.threads === 1 ? '' : 's'}`;
  context.stdout.write(formatTable([
    [result.model, `${formatMs(result.medianMs)} ms median, ${formatMs(result.minMs)} least, ${formatMs(result.p95Ms)} 95th percentile`],
    ['measured', `${result.runs} calls of ${result.mode}() on ${threads} after ${result.warmup} to warm up`],
    ['speed', `${result.gmacs.toFixed(2)} GMAC/s; register-only peak of one thread ${result.peakGmacs.toFixed(2)} GMAC/s`],
    ['kernels', `${result.kernel}, dot product ${result.dot}`],
    ['load', `${formatMs(result.loadMs)} ms, first run ${formatMs(result.firstMs)} ms`],
    ['memory', `${formatBytes(result.rssBytes)} resident`],
  ]));
  if (!result.steps) return;
  const rows = result.steps.map(({ step, node, kernel, macs, ms, gmacs }) => [
    String(step), node, kernel, String(macs), ms.toFixed(4), gmacs.toFixed(2), `${((100 * gmacs) / result.peakGmacs).toFixed(0)} %`,
  ]);
  context.stdout.write(`\n${formatTable([['step', 'node', 'kernel', 'macs', 'ms', 'GMAC/s', 'of peak'], ...rows], [0, 3, 4, 5, 6])}`);
}

/** The `bench` command. */
export async function benchModel(path: string, options: BenchOptions, context: CliContext): Promise<void> {
  progress(context, `loading ${path}`);
  const start = performance.now();
  const model = await Model.load(path, { kernel: options.kernel, ...(options.threads !== undefined && { threads: options.threads }) });
  try {
    const result = await measure(model, performance.now() - start, options, context);
    progress(context, '');
    if (options.json) printJson(context, result);
    else printText(result, context);
  } finally {
    await model.close();
  }
}
