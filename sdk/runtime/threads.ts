import { availableParallelism, totalmem } from 'node:os';
import { cpuGroups } from '../core/cgroup.ts';

/** Boards with less memory get at most two threads by default. */
const SMALL_BOARD_BYTES = 600e6;
const MAX_AUTO_THREADS = 4;

/** CPUs granted by the quota of the control groups of this process, or Infinity without one. @param root `/`, or a copy for tests */
export function cgroupCpus(root = '/'): number {
  return Math.min(Infinity, ...cpuGroups(root).map(({ cpus }) => cpus));
}

/** Most threads of `threads: 'auto'`: the cores this process may use, at most four. */
export function autoThreads(): number {
  const cores = Math.min(availableParallelism(), Math.max(1, Math.floor(cgroupCpus())));
  return Math.min(cores, totalmem() < SMALL_BOARD_BYTES ? 2 : MAX_AUTO_THREADS);
}
