import { join } from 'node:path';
import { cpuGroups } from '../../sdk/core/cgroup.ts';
import type { CpuGroup } from '../../sdk/core/cgroup.ts';
import type { Quantity } from '../../sdk/power/types.ts';
import { openProbes, sample } from './probe.ts';
import type { Probe } from './probe.ts';
import { loadedNumberAfter, TextFile } from './text-file.ts';
import type { SensorKind } from './types.ts';

const quantities: readonly Quantity[] = ['cpu-quota', 'quota-throttled'];
const PERIODS = Buffer.from('nr_periods ');
const THROTTLED = Buffer.from('nr_throttled ');

/** The group with the smallest quota: CPUs it grants, and the share of its periods since the poll before in which it ran out. */
function quotaProbe({ folder, cpus }: CpuGroup, root: string): Probe[] {
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
  open: (root: string) => openProbes('cgroup', quantities, () => cpuGroups(root)
    .filter(({ cpus }) => Number.isFinite(cpus)).sort((a, b) => a.cpus - b.cpus).slice(0, 1).flatMap((group) => quotaProbe(group, root))),
});
