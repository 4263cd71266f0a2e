import { dirname, join } from 'node:path';
import { nodeFs } from './node-fs.ts';

const MOUNT = 'sys/fs/cgroup';
/** Deeper groups are not looked at. */
const MAX_DEPTH = 32;
/** Version 1 writes about 2^63 where there is no limit of memory. */
const UNLIMITED_BYTES = 2 ** 60;

/** Folders below the mount that version 1 gives a controller. */
const MOUNTS_V1 = { cpu: ['cpu', 'cpu,cpuacct'], memory: ['memory'] } as const;

/** A control group with a limit of CPUs. */
export interface CpuGroup {
  /** Folder below the root, without a slash in front. */
  readonly folder: string;
  /** Files of its quota and period in that folder. */
  readonly files: readonly string[];
  /** CPUs granted: quota over period, Infinity without a quota. */
  readonly cpus: number;
}

function text(path: string): string {
  try {
    return nodeFs.readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}

/** Folders from the process's own group up to the mount; a container that sees only its own group finds it at the mount. */
function ancestors(mount: string, own: string): string[] {
  const folders: string[] = [];
  for (let path = own; path !== '/' && path !== '.' && folders.length < MAX_DEPTH; path = dirname(path)) folders.push(join(mount, path));
  return [...folders, mount];
}

/** Folders of the groups that this process is in, of both versions; some may not exist. */
function foldersOf(controller: keyof typeof MOUNTS_V1, root: string): { v1: string[]; v2: string[] } {
  const lines = text(join(root, 'proc/self/cgroup')).split('\n').map((line) => /^\d+:([^:]*):(\/.*)$/.exec(line));
  const own = (named: (controllers: string) => boolean): string => lines.find((line) => line !== null && named(line[1]!))?.[2] ?? '/';
  const ownV1 = own((controllers) => controllers.split(',').includes(controller));
  return {
    v1: MOUNTS_V1[controller].flatMap((mount) => ancestors(join(MOUNT, mount), ownV1)),
    v2: ancestors(MOUNT, own((controllers) => controllers === '')),
  };
}

/** CPUs that the texts of a group's files grant: quota and period, Infinity without a quota. */
export function cpusOf(texts: readonly string[]): number {
  const [quota, period] = texts.join(' ').split(/\s+/);
  const cpus = Number(quota) / Number(period);
  return cpus > 0 && Number.isFinite(cpus) ? cpus : Infinity;
}

/** The control groups of CPUs that this process is in, of version 2, then of version 1. @param root `/`, or a copy for tests */
export function cpuGroups(root: string): CpuGroup[] {
  const { v1, v2 } = foldersOf('cpu', root);
  const group = (folder: string, files: readonly string[]): CpuGroup => ({ folder, files, cpus: cpusOf(files.map((file) => text(join(root, folder, file)))) });
  return [...v2.map((folder) => group(folder, ['cpu.max'])), ...v1.map((folder) => group(folder, ['cpu.cfs_quota_us', 'cpu.cfs_period_us']))];
}

/** Bytes of memory that the control groups of this process grant, or Infinity without a limit. @param root `/`, or a copy for tests */
export function cgroupMemory(root: string): number {
  const { v1, v2 } = foldersOf('memory', root);
  const files = [...v2.map((folder) => join(folder, 'memory.max')), ...v1.map((folder) => join(folder, 'memory.limit_in_bytes'))];
  const limits = files.map((file) => Number(text(join(root, file)))).filter((bytes) => bytes > 0 && bytes < UNLIMITED_BYTES);
  return Math.min(Infinity, ...limits);
}
