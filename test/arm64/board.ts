import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { type Cpu, CPUS, EMULATOR, emulatorArguments, FOLDER, missingParts, NODES } from '../../scripts/arm64/parts.mjs';

/** An emulated board: a major version of Node on a chip. */
export interface Board {
  readonly node: number;
  readonly cpu: Cpu;
}

export const full = process.env['HALFBYTE_VERIFY'] === 'full';

export const boards: readonly Board[] = NODES.flatMap((node) => CPUS.map((cpu) => ({ node, cpu })));

/** Parts that are not installed here. HALFBYTE_ARM64=1 makes them a failure, otherwise the tests of the boards skip. */
export const missing = missingParts(NODES);
export const skipsBoards = missing.length > 0 && process.env['HALFBYTE_ARM64'] !== '1';

export const SETUP = 'node scripts/arm64/setup.mjs';

/** Longest run of one program on a board. */
const TIME_LIMIT_MS = full ? 7_200_000 : 900_000;

const execute = promisify(execFile);

/** A bundled program and the files it was made from. */
export interface Program {
  readonly file: string;
  readonly sources: readonly string[];
}

/** Bundles a program of test/arm64/device, all it imports included: the board needs nothing else. */
export async function bundleProgram(name: 'hash' | 'count'): Promise<Program> {
  const file = join(FOLDER, `${name}.mjs`);
  const { metafile } = await build({
    entryPoints: [`test/arm64/device/${name}.ts`],
    outfile: file, bundle: true, platform: 'node', target: 'node20', format: 'esm', logLevel: 'warning', metafile: true,
  });
  return { file, sources: Object.keys(metafile.inputs) };
}

export interface Run {
  /** Name of the file that hands the jobs over. */
  readonly name: string;
  /** JSON. */
  readonly jobs: unknown;
  /** Flags of Node. */
  readonly flags: readonly string[];
  /** File that receives instruction counts. */
  readonly counts?: string;
}

/** Runs a bundled program on a board and returns its standard output. */
export async function runOnBoard(board: Board, program: Program, { name, jobs, flags, counts }: Run): Promise<string> {
  mkdirSync(join(FOLDER, 'jobs'), { recursive: true });
  const file = join(FOLDER, 'jobs', `${name}.json`);
  writeFileSync(file, JSON.stringify(jobs));
  const { stdout } = await execute(EMULATOR, [...emulatorArguments(board.node, board.cpu, counts), ...flags, program.file, file], {
    timeout: TIME_LIMIT_MS, maxBuffer: 64e6, env: { ...process.env, NODE_OPTIONS: '' },
  });
  return stdout;
}
