import { join } from 'node:path';
import { cpuGroups, cpusOf } from '../../sdk/core/cgroup.ts';
import type { Quantity } from '../../sdk/power/types.ts';
import { openProbes, sample } from './probe.ts';
import type { Probe, Sample } from './probe.ts';
import { loadedNumberAfter, TextFile } from './text-file.ts';
import type { Clock, SensorKind } from './types.ts';

const quantities: readonly Quantity[] = ['cpu-quota', 'quota-throttled'];
const PERIODS = Buffer.from('nr_periods ');
const THROTTLED = Buffer.from('nr_throttled ');

/** A control group with its files open. */
interface Group {
  readonly limits: readonly TextFile[];
  readonly stat: TextFile | undefined;
  readonly quota: Sample;
  readonly share: Sample;
}

function openGroups(root: string): Group[] {
  return cpuGroups(root).flatMap(({ folder, files }) => {
    const limits = files.flatMap((file) => TextFile.open(join(root, folder, file)) ?? []);
    if (limits.length < files.length) {
      limits.forEach((file) => file.close());
      return [];
    }
    return [{
      limits,
      stat: TextFile.open(join(root, folder, 'cpu.stat')),
      quota: sample('cpu-quota', 'core', `/${folder}`, 0.95),
      share: sample('quota-throttled', 'ratio', `/${folder}/cpu.stat`, 0.95),
    }];
  });
}

/** The smallest quota of the groups above the process, and the share of the periods since the poll before in which it ran out. */
function quotaProbe(root: string): Probe[] {
  const groups = openGroups(root);
  if (groups.length === 0) return [];
  let before: Group | undefined;
  let periods = NaN;
  let throttled = NaN;
  return [{
    path: groups[0]!.limits[0]!.path,
    poll: (_now, to) => {
      let least = Infinity;
      let group: Group | undefined;
      for (const candidate of groups) {
        const texts = candidate.limits.map((file) => file.text());
        if (texts.includes(undefined)) return false;
        const cpus = cpusOf(texts as string[]);
        if (cpus < least) [least, group] = [cpus, candidate];
      }
      if (group !== before) [before, periods, throttled] = [group, NaN, NaN];
      if (group === undefined) return true;
      to.put(group.quota, least);
      if (group.stat?.load() !== true) return true;
      const newPeriods = loadedNumberAfter(PERIODS);
      const newThrottled = loadedNumberAfter(THROTTLED);
      const passed = newPeriods - periods;
      if (passed >= 0) to.put(group.share, passed === 0 ? 0 : (newThrottled - throttled) / passed);
      [periods, throttled] = [newPeriods, newThrottled];
      return true;
    },
    close: () => groups.forEach(({ limits, stat }) => {
      limits.forEach((file) => file.close());
      stat?.close();
    }),
  }];
}

/** CPU quota of the control groups, versions 1 and 2, as it is at each poll, and how often it ran out. Without a quota there is no reading. */
export const cgroup: SensorKind = Object.freeze({
  name: 'cgroup',
  quantities,
  period: 0.5,
  open: (root: string, clock: Clock) => openProbes('cgroup', quantities, clock, () => quotaProbe(root)),
});
