// Latency, cold start and memory beside other engines: npm run bench -- --help
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { arch, cpus, loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { comparisons } from './compare.ts';
import { firstCores } from './cores.ts';
import { installPeers, installRuntime, type Runtime } from './install.ts';
import { selectNets } from './nets.ts';
import { parseBenchOptions, USAGE, type BenchOptions } from './options.ts';
import { partsOf } from './parts.ts';
import type { Outcome } from './peers/types.ts';
import { prepareNet, type PreparedNet } from './prepare-net.ts';
import { chart } from './report/chart.ts';
import { formatReport } from './report/tables.ts';
import { keyOf, resultRows, type Sample } from './results.ts';
import { runJob } from './run-job.ts';
import { schedule, type Slot } from './schedule.ts';

const BUILD = resolve('build');
const PEERS = join(BUILD, 'peers');
const RESULTS = join(BUILD, 'bench');
/** A copy of the built SDK: what is measured stays the same when the sources are built again meanwhile. */
const SDK = join(RESULTS, 'sdk');
/** Above this many waiting processes a core the times of others get into the results. */
const IDLE_LOAD = 0.3;

interface Setup {
  readonly options: BenchOptions;
  readonly runtimes: readonly Runtime[];
  readonly nets: readonly PreparedNet[];
  readonly packages: Readonly<Record<string, string>>;
}

/** The measuring programs lie beside the installed packages, which they import by name. */
async function buildWorkers(workers: readonly string[]): Promise<void> {
  await build({
    entryPoints: workers.map((worker) => `test/bench/peers/workers/${worker}.ts`),
    outdir: PEERS, outExtension: { '.js': '.mjs' }, bundle: true, packages: 'external', platform: 'node', target: 'node20', format: 'esm',
    logLevel: 'warning',
  });
}

async function setUp(options: BenchOptions): Promise<Setup> {
  const sources = selectNets(options.nets);
  options.threads.forEach(firstCores);
  const runtimes = options.nodes.map((major) => installRuntime(major, BUILD));
  const packages = installPeers(options.peers, PEERS);
  rmSync(SDK, { recursive: true, force: true });
  cpSync('dist', SDK, { recursive: true });
  await buildWorkers([...new Set(options.peers.map(({ worker }) => worker))]);
  const nets: PreparedNet[] = [];
  for (const source of sources) nets.push(await prepareNet(source, join(RESULTS, 'nets')));
  return { options, runtimes, nets, packages };
}

function measureSlot({ options, runtimes, nets }: Setup, { net, node, threads, peer }: Slot): Promise<Outcome> {
  const files = nets.find(({ id }) => id === net)!.formats[peer.format];
  if ('error' in files) return Promise.resolve(files);
  const { executable } = runtimes.find(({ major }) => major === node)!;
  return runJob(
    { variant: peer.variant, ...files, threads, timing: options.timing, sdk: join(SDK, 'index.js') },
    { executable, program: join(PEERS, `${peer.worker}.mjs`), cores: firstCores(threads) },
  );
}

function progress(done: number, total: number, { round, peer, net, node, threads }: Slot, outcome: Outcome): void {
  const result = 'error' in outcome ? outcome.error.code : `${outcome.measurement.medianMs.toPrecision(3)} ms`;
  console.error(`${done}/${total}  round ${round + 1}  ${net}  Node ${node}  ${threads} core${threads === 1 ? '' : 's'}  ${peer.label}  ${result}`);
}

async function measureAll(setup: Setup): Promise<Sample[]> {
  const { rounds, nodes, threads, peers } = setup.options;
  const slots = schedule({ rounds, nodes, threads, peers, nets: setup.nets.map(({ id }) => id) });
  const samples: Sample[] = [];
  const failed = new Set<string>();
  for (const [index, slot] of slots.entries()) {
    if (failed.has(keyOf(slot))) continue;
    const outcome = await measureSlot(setup, slot);
    if ('error' in outcome) failed.add(keyOf(slot));
    samples.push({ slot, outcome });
    progress(index + 1, slots.length, slot, outcome);
  }
  return samples;
}

function report({ options, runtimes, nets, packages }: Setup, samples: readonly Sample[], load: number): void {
  const rows = resultRows(samples, new Map(nets.map(({ id, macs }) => [id, macs])));
  const cpu = cpus()[0]?.model ?? arch();
  const versions = runtimes.map(({ version, v8 }) => `Node ${version} (V8 ${v8})`).join(', ');
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(join(RESULTS, 'bench.json'), `${JSON.stringify({
    machine: { cpu, arch: arch(), cores: cpus().length, loadBefore: load },
    runtimes: runtimes.map(({ major, version, v8 }) => ({ major, version, v8 })),
    packages,
    rounds: options.rounds,
    timing: options.timing,
    nets: nets.map(({ id, macs }) => ({ id, macs })),
    comparisons: comparisons(rows),
    rows: rows.map((row) => (row.values?.profile ? { ...row, parts: partsOf(row.values.profile) } : row)),
  }, undefined, 1)}\n`);
  writeFileSync(join(RESULTS, 'bench.svg'), chart(rows, `${cpu}, ${versions}; medians of ${options.rounds} round${options.rounds === 1 ? '' : 's'}`));
  console.log(`${cpu}, ${versions}\n\n${formatReport(rows)}\n${join('build/bench', 'bench.json')} and bench.svg written`);
}

async function main(): Promise<void> {
  const options = parseBenchOptions(process.argv.slice(2));
  if (options === undefined) {
    console.log(USAGE);
    return;
  }
  const load = loadavg()[0] ?? 0;
  if (load > IDLE_LOAD * cpus().length) console.error(`load average ${load.toFixed(1)} on ${cpus().length} cores: other work distorts the results`);
  const setup = await setUp(options);
  report(setup, await measureAll(setup), load);
}

try {
  await main();
} catch (error) {
  console.error(`bench: ${(error as Error).message}`);
  process.exitCode = 1;
}
