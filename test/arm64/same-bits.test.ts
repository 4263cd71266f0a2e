import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Cpu, CPUS, NODES } from '../../scripts/arm64/parts.mjs';
import { Model } from '../../sdk/model.ts';
import type { DotVariant } from '../../sdk/runtime/pack/types.ts';
import type { KernelModule } from '../../sdk/runtime/types.ts';
import { realModels } from '../assets.ts';
import { fixtureModels } from '../models.ts';
import { hashOutputs, seedInputs } from '../ports.ts';
import { type Board, boards, bundleProgram, full, missing, type Program, runOnBoard, SETUP, skipsBoards } from './board.ts';
import type { HashJob, HashResult, Variant } from './device/job.ts';
import { type BoardModel, boardModel } from './models.ts';
import { cross, pairwise } from './pairwise.ts';

const VARIANTS: readonly Variant[] = [
  { kernel: 'baseline', dot: 'd16' },
  { kernel: 'baseline', dot: 'e16' },
  { kernel: 'relaxed', dot: 'd16' },
  { kernel: 'relaxed', dot: 'e16' },
  { kernel: 'relaxed', dot: 'rd' },
];
/** What a module takes on arm64. */
const DEFAULT_DOTS: Readonly<Record<KernelModule, DotVariant>> = { baseline: 'e16', relaxed: 'rd' };
/** Threads of `run()`; 0 is `runSync()`. */
const THREADS = [0, 1, 2, 3, 4];
/** A second inference shows what state the first one left; emulated, one of a large net takes seconds. */
const SEEDS = [1, 2];
const LARGE_NET_MACS = 50e6;
const FIRST_NODE_WITH_RELAXED = 22;
/** The emulator keeps about 60 MB for the address space of a WebAssembly memory, and never gives them back. */
const SESSIONS_PER_PROCESS = 24;
/** V8 flags of one process after the other: code that is optimized while it runs, and code that is optimized before its first call. */
const TIERS: readonly (readonly string[])[] = [[], ['--no-liftoff']];
const MINUTE = 60_000;

const expected = JSON.parse(readFileSync('test/fixtures/expected.json', 'utf8')) as Record<string, string>;

/** A model with the hashes of this machine. */
interface Case extends BoardModel {
  readonly seeds: readonly number[];
  readonly hashes: HashResult;
}

interface BoardJob {
  readonly model: Case;
  readonly variant: Variant;
  readonly threads: number;
}

function boardOf(node: number, cpu: Cpu): Board {
  return boards.find((board) => board.node === node && board.cpu === cpu)!;
}

function seedsOf({ plan }: BoardModel): readonly number[] {
  const macs = plan.steps.reduce((sum, step) => sum + step.macs, 0);
  return macs < LARGE_NET_MACS ? SEEDS : SEEDS.slice(0, 1);
}

async function hashHere(model: BoardModel): Promise<Case> {
  const seeds = seedsOf(model);
  await using session = await Model.load(model.path, { kernel: 'baseline', dot: 'd16', threads: 1 });
  const hashes = seeds.map((seed) => {
    seedInputs(session, seed);
    return hashOutputs(session.runSync().outputs);
  });
  return { ...model, seeds, hashes };
}

function supports([node = 0, , , variant = 0]: readonly number[]): boolean {
  return VARIANTS[variant]!.kernel === 'baseline' || NODES[node]! >= FIRST_NODE_WITH_RELAXED;
}

/** Each two of Node, chip, model, kernels and threads meet in some row; in the full cross all of a real model do on every module, as `run()` takes it. */
function rowsOf(cases: readonly Case[]): number[][] {
  const levels = [NODES.length, CPUS.length, cases.length, VARIANTS.length, THREADS.length];
  const pairs = pairwise(levels, supports);
  if (!full) return pairs;
  const isCrossed = ([, , model = 0, variant = 0, threads = 0]: readonly number[]): boolean =>
    model >= fixtureModels.length && DEFAULT_DOTS[VARIANTS[variant]!.kernel] === VARIANTS[variant]!.dot && THREADS[threads] !== 0;
  return [...cross(levels).filter((row) => supports(row) && isCrossed(row)), ...pairs.filter((row) => !isCrossed(row))];
}

function jobsOf(cases: readonly Case[]): ReadonlyMap<Board, readonly BoardJob[]> {
  const jobs = new Map<Board, BoardJob[]>(boards.map((board) => [board, []]));
  for (const [node = 0, cpu = 0, model = 0, variant = 0, threads = 0] of rowsOf(cases)) {
    jobs.get(boardOf(NODES[node]!, CPUS[cpu]!))!.push({ model: cases[model]!, variant: VARIANTS[variant]!, threads: THREADS[threads]! });
  }
  return jobs;
}

async function hashThere(board: Board, program: Program, jobs: readonly BoardJob[]): Promise<HashResult[]> {
  const results: HashResult[] = [];
  for (let first = 0; first < jobs.length; first += SESSIONS_PER_PROCESS) {
    const output = await runOnBoard(board, program, {
      name: `hash-${board.node}-${board.cpu}`,
      jobs: jobs.slice(first, first + SESSIONS_PER_PROCESS).map(
        ({ model: { file, seeds }, variant, threads }): HashJob => ({ plan: file, seeds, threads, ...variant }),
      ),
      flags: TIERS[(first / SESSIONS_PER_PROCESS) % TIERS.length]!,
    });
    if (full) process.stderr.write(`Node ${board.node} on ${board.cpu}: ${Math.min(first + SESSIONS_PER_PROCESS, jobs.length)} of ${jobs.length} sessions\n`);
    results.push(...output.trim().split('\n').map((line) => JSON.parse(line) as HashResult));
  }
  return results;
}

describe.skipIf(skipsBoards)(`arm64 boards (needs ${SETUP})`, () => {
  const cases: Case[] = [];
  let jobs: ReadonlyMap<Board, readonly BoardJob[]>;
  let program: Program;

  beforeAll(async () => {
    expect(missing, `run ${SETUP}`).toEqual([]);
    program = await bundleProgram('hash');
    for (const { path } of [...fixtureModels, ...realModels]) cases.push(await hashHere(boardModel(path)));
    jobs = jobsOf(cases);
  }, 10 * MINUTE);

  it('start from the hashes kept in expected.json', () => {
    for (const { name } of fixtureModels) expect(cases.find((known) => known.name === name)?.hashes[0], name).toBe(expected[name]);
  });

  it('run the device half alone', () => {
    expect(program.sources).toContain('sdk/runtime/session.ts');
    expect(program.sources.filter((source) => /^sdk\/(formats|passes|ops|compile|quantize)\//.test(source))).toEqual([]);
  });

  describe.each(CPUS)('%s', (cpu) => {
    it.concurrent.each(NODES)('with Node %i gives the bits of this machine', async (node) => {
      const board = boardOf(node, cpu);
      const own = jobs.get(board)!;
      const results = await hashThere(board, program, own);
      expect(results).toHaveLength(own.length);
      const different = own.flatMap(({ model: { name, seeds, hashes }, variant: { kernel, dot }, threads }, index) => {
        const how = `${kernel} ${dot}, ${threads === 0 ? 'runSync' : `${threads} threads`}`;
        return hashes.flatMap((hash, seed) => (hash === results[index]![seed] ? [] : [`${name}: ${how}, seed ${seeds[seed]}`]));
      });
      expect(different).toEqual([]);
    }, (full ? 360 : 20) * MINUTE);
  });
});
