import { availableParallelism, cpus, totalmem } from 'node:os';
import { detectBoard } from '../../../devices/detect-board.ts';
import { DeviceError } from '../../core/errors.ts';
import { chooseKernels, measureDots } from '../../runtime/select.ts';
import { autoThreads, cgroupCpus } from '../../runtime/threads.ts';
import { printJson } from '../output.ts';
import { formatBytes, formatTable } from '../table.ts';
import type { CliContext } from '../types.ts';
import { hardwareOf, knownAs } from './known-board.ts';
import { linuxFacts } from './linux.ts';
import { missingThings } from './missing.ts';
import { formatSensors, sensorReport } from './sensors.ts';
import { wasmFeatures } from './wasm-features.ts';

/** Options of `doctor` after parsing. */
export interface DoctorOptions {
  readonly json?: boolean;
}

async function collectFacts() {
  const wasm = wasmFeatures();
  const linux = linuxFacts();
  const quota = cgroupCpus();
  const board = detectBoard();
  const sensors = await sensorReport();
  const missing = missingThings({ wasm, linux, cpus: quota, board, found: sensors.found });
  const ok = !missing.some(({ required }) => required);
  const choice = ok ? chooseKernels() : undefined;
  return {
    ok,
    node: process.versions.node,
    v8: process.versions.v8,
    platform: process.platform,
    arch: process.arch,
    board: linux.board,
    cpu: cpus()[0]?.model ?? null,
    cores: availableParallelism(),
    cgroupCpus: Number.isFinite(quota) ? quota : null,
    threads: autoThreads(),
    memoryBytes: totalmem(),
    memoryLimitBytes: linux.memoryLimitBytes,
    wasm,
    kernel: choice?.module ?? null,
    dot: choice?.dot ?? null,
    candidates: choice === undefined ? [] : measureDots(),
    thermalZones: linux.thermalZones,
    missing,
    knownBoard: board,
    sensors,
  };
}

function printText(facts: Awaited<ReturnType<typeof collectFacts>>, context: CliContext): void {
  const yes = (value: boolean): string => (value ? 'yes' : 'no');
  const speeds = facts.candidates.map(({ dot, gmacs }) => `${dot} ${gmacs.toFixed(1)}`).join(', ');
  const zones = facts.thermalZones.map(({ type, celsius }) => `${type} ${celsius.toFixed(1)} °C`).join(', ');
  const limit = facts.memoryLimitBytes === null ? '' : `, of which the cgroup grants ${formatBytes(facts.memoryLimitBytes)}`;
  const hardware = hardwareOf(facts.knownBoard);
  const quota = facts.cgroupCpus === null ? '' : `, of which the cgroup grants ${facts.cgroupCpus.toFixed(2)}`;
  context.stdout.write(formatTable([
    ['node', `${facts.node} (V8 ${facts.v8}) on ${facts.platform} ${facts.arch}`],
    ...(facts.board === null ? [] : [['board', facts.board]]),
    ['known as', knownAs(facts.knownBoard)],
    ...(hardware === undefined ? [] : [['hardware', hardware]]),
    ['processor', `${facts.cpu ?? 'unknown'}, ${facts.cores} cores${quota}`],
    ['threads', `at most ${facts.threads} by default, as many as measure fastest`],
    ['memory', `${formatBytes(facts.memoryBytes)}${limit}`],
    ['wasm', `SIMD ${yes(facts.wasm.simd)}, relaxed SIMD ${yes(facts.wasm.relaxedSimd)}, threads ${yes(facts.wasm.threads)}`],
    ['kernels', facts.kernel === null ? 'none can run here' : `${facts.kernel}, dot product ${facts.dot} (GMAC/s of one thread: ${speeds})`],
    ['temperature', zones || 'no sensor'],
  ]));
  context.stdout.write(formatSensors(facts.sensors));
  if (facts.missing.length === 0) context.stdout.write('\nNothing is missing.\n');
  else context.stdout.write(`\nMissing:\n${facts.missing.map(({ what, why, how }) => `  ${what}: ${why}.\n    ${how}\n`).join('')}`);
}

/** The `doctor` command. @throws DeviceError, after the report, when models cannot run here */
export async function examine(options: DoctorOptions, context: CliContext): Promise<void> {
  const facts = await collectFacts();
  if (options.json) printJson(context, facts);
  else printText(facts, context);
  const required = facts.missing.filter((missing) => missing.required);
  if (required.length > 0) {
    throw new DeviceError('cannot-run', `models cannot run here: ${required.map(({ what, how }) => `${what} is missing (${how})`).join('; ')}`);
  }
}
