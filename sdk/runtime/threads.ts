import { availableParallelism, totalmem } from 'node:os';
import { nodeFs } from '../core/node-fs.ts';

/** Boards with less memory get at most two threads by default. */
const SMALL_BOARD_BYTES = 600e6;
const MAX_AUTO_THREADS = 4;

function readNumbers(path: string): number[] {
  try {
    return nodeFs.readFileSync(path, 'utf8').trim().split(/\s+/).map(Number);
  } catch {
    return [];
  }
}

/** CPUs granted by the cgroup quota (v2, then v1), or Infinity without one. */
export function cgroupCpus(root = '/sys/fs/cgroup'): number {
  const [quota2, period2] = readNumbers(`${root}/cpu.max`);
  if (quota2 !== undefined && period2 !== undefined && quota2 > 0 && period2 > 0) return quota2 / period2;
  const [quota1] = readNumbers(`${root}/cpu/cpu.cfs_quota_us`);
  const [period1] = readNumbers(`${root}/cpu/cpu.cfs_period_us`);
  if (quota1 !== undefined && period1 !== undefined && quota1 > 0 && period1 > 0) return quota1 / period1;
  return Infinity;
}

/** Most threads of `threads: 'auto'`: the cores this process may use, at most four. */
export function autoThreads(): number {
  const cores = Math.min(availableParallelism(), Math.max(1, Math.floor(cgroupCpus())));
  return Math.min(cores, totalmem() < SMALL_BOARD_BYTES ? 2 : MAX_AUTO_THREADS);
}
