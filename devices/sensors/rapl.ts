import { join } from 'node:path';
import type { Quantity } from '../../sdk/power/types.ts';
import { openProbes, sample } from './probe.ts';
import type { Probe } from './probe.ts';
import { failureOf, listNames, loadedNumber, readText, TextFile } from './text-file.ts';
import type { Gap, SensorKind } from './types.ts';

const quantities: readonly Quantity[] = ['soc-power'];
const FOLDER = 'sys/class/powercap';
/** Package domains; their subdomains are parts of them. */
const PACKAGE = /^intel-rapl:\d+$/;

/** Watts since the poll before, from microjoules that wrap at `max_energy_range_uj` (powercap documentation). */
function packageProbe(root: string, domain: string): Probe[] {
  const range = Number(readText(join(root, FOLDER, domain, 'max_energy_range_uj')));
  const file = TextFile.open(join(root, FOLDER, domain, 'energy_uj'));
  if (file === undefined) return [];
  const watts = sample('soc-power', 'watt', `/${FOLDER}/${domain}/energy_uj (${readText(join(root, FOLDER, domain, 'name')) ?? 'package'})`, 0.8);
  let before = NaN;
  let at = NaN;
  return [{
    poll: (now, to) => {
      const readable = file.load();
      const energy = readable ? loadedNumber() : NaN;
      const used = energy < before ? energy - before + range : energy - before;
      if (now > at && used >= 0) to.put(watts, used * 1e-6 / (now - at));
      before = energy;
      at = now;
      return readable;
    },
    close: () => file.close(),
  }];
}

/** Why RAPL cannot be read and what would help. @param code system error of reading energy_uj */
export function raplGap(code: string): Gap {
  const forbidden = code === 'EACCES' || code === 'EPERM';
  return {
    what: 'processor power (RAPL)',
    why: forbidden ? 'energy_uj belongs to root since Linux 5.10 (CVE-2020-8694)' : `energy_uj cannot be read (${code})`,
    how: 'udev rule: SUBSYSTEM=="powercap", ACTION=="add", RUN+="/bin/chgrp power /sys%p/energy_uj", RUN+="/bin/chmod g+r /sys%p/energy_uj", and the user in group power',
  };
}

/** Power of x86 packages by Running Average Power Limit counters. */
export const rapl: SensorKind = Object.freeze({
  name: 'rapl',
  quantities,
  period: 0.5,
  open: (root: string) => openProbes('rapl', quantities, () => listNames(join(root, FOLDER), PACKAGE).flatMap((domain) => packageProbe(root, domain)),
    () => listNames(join(root, FOLDER), PACKAGE).slice(0, 1).flatMap((domain) => {
      const code = failureOf(join(root, FOLDER, domain, 'energy_uj'));
      return code === undefined ? [] : [raplGap(code)];
    })),
});
