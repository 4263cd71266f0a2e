import { dirname, join } from 'node:path';
import type { Quantity } from '../../sdk/power/types.ts';
import { openProbes, sample } from './probe.ts';
import type { Probe } from './probe.ts';
import { failureOf, loadedNumberAfter, readText, TextFile } from './text-file.ts';
import type { SensorKind } from './types.ts';

const quantities: readonly Quantity[] = ['cpu-quota', 'quota-throttled'];
const MOUNT = 'sys/fs/cgroup';
const PERIODS = Buffer.from('nr_periods ');
const THROTTLED = Buffer.from('nr_throttled ');

/** Folders from the process's own group up to the mount; a container that sees only its own group finds it at the mount. */
function ancestors(mount: string, own: string): string[] {
  const folders: string[] = [];
  for (let path = own; path !== '/' && path !== '.' && folders.length < 32; path = dirname(path)) folders.push(join(mount, path));
  return [...folders, mount];
}

interface Group {
  readonly folder: string;
  /** CPUs granted. */
  readonly cpus: number;
}

function quotaOf(quota: number, period: number): number {
  return quota > 0 && period > 0 ? quota / period : Infinity;
}

/** Groups that this process is in, with the quota of each: version 2, then version 1. */
function groups(root: string): Group[] {
  const own = readText(join(root, 'proc/self/cgroup')) ?? '';
  const exists = (folder: string): boolean => failureOf(join(root, folder, 'cpu.stat')) === undefined;
  const ownV2 = /^0::(\/.*)$/m.exec(own)?.[1] ?? '/';
  const v2 = ancestors(MOUNT, ownV2).filter(exists).map((folder) => {
    const [quota, period] = (readText(join(root, folder, 'cpu.max')) ?? 'max').split(/\s+/).map(Number);
    return { folder, cpus: quotaOf(quota ?? NaN, period ?? NaN) };
  });
  const ownV1 = /^\d+:(?:[^:\n]+,)?cpu(?:,[^:\n]+)?:(\/.*)$/m.exec(own)?.[1] ?? '/';
  const v1 = ['cpu', 'cpu,cpuacct'].flatMap((controller) => ancestors(`${MOUNT}/${controller}`, ownV1)).filter(exists).map((folder) => ({
    folder,
    cpus: quotaOf(Number(readText(join(root, folder, 'cpu.cfs_quota_us'))), Number(readText(join(root, folder, 'cpu.cfs_period_us')))),
  }));
  return [...v2, ...v1];
}

/** The group with the smallest quota: CPUs it grants, and the share of its periods since the poll before in which it ran out. */
function quotaProbe({ folder, cpus }: Group, root: string): Probe[] {
  const stat = TextFile.open(join(root, folder, 'cpu.stat'));
  if (stat === undefined) return [];
  const quota = sample('cpu-quota', 'core', `/${folder}`, 0.95);
  const share = sample('quota-throttled', 'ratio', `/${folder}/cpu.stat`, 0.95);
  let periods = NaN;
  let throttled = NaN;
  return [{
    path: stat.path,
    poll: (_now, to) => {
      const readable = stat.load();
      const newPeriods = readable ? loadedNumberAfter(PERIODS) : NaN;
      const newThrottled = readable ? loadedNumberAfter(THROTTLED) : NaN;
      to.put(quota, cpus);
      const passed = newPeriods - periods;
      if (passed >= 0) to.put(share, passed === 0 ? 0 : (newThrottled - throttled) / passed);
      periods = newPeriods;
      throttled = newThrottled;
      return readable;
    },
    close: () => stat.close(),
  }];
}

/** CPU quota of the control group, versions 1 and 2, and how often it ran out. Without a quota there is no reading. */
export const cgroup: SensorKind = Object.freeze({
  name: 'cgroup',
  quantities,
  period: 0.5,
  open: (root: string) => openProbes('cgroup', quantities, () => groups(root)
    .filter(({ cpus }) => Number.isFinite(cpus)).sort((a, b) => a.cpus - b.cpus).slice(0, 1).flatMap((group) => quotaProbe(group, root))),
});
