import { join } from 'node:path';
import type { Quantity } from '../../sdk/power/types.ts';
import { openProbes, sample } from './probe.ts';
import type { Probe } from './probe.ts';
import { failureOf, listNames, loadedNumber, readText, TextFile } from './text-file.ts';
import type { Clock, Gap, SensorKind } from './types.ts';

const quantities: readonly Quantity[] = ['soc-power'];
const FOLDER = 'sys/class/powercap';
/** Domains that are no parts of others. */
const DOMAIN = /^intel-rapl:\d+$/;
/** `psys` is the whole platform, with the packages in it. */
const PACKAGE = /^package/;

/** A package's counter of microjoules, which wraps at `max_energy_range_uj` (powercap documentation). */
class Counter {
  #energy = NaN;
  #at = NaN;

  /** Watts since the call before; NaN at first, and after an energy of NaN. */
  watts(energy: number, range: number, now: number): number {
    const used = energy < this.#energy ? energy - this.#energy + range : energy - this.#energy;
    const seconds = now - this.#at;
    this.#energy = energy;
    this.#at = now;
    return seconds > 0 && used >= 0 ? used * 1e-6 / seconds : NaN;
  }
}

/** The packages together: none of them where one cannot be read. @param counters by domain, kept from look to look */
function packagesProbe(root: string, counters: Map<string, Counter>): Probe[] {
  const domains = listNames(join(root, FOLDER), DOMAIN)
    .map((domain) => ({ domain, name: readText(join(root, FOLDER, domain, 'name')) ?? 'package' })).filter(({ name }) => PACKAGE.test(name));
  const packages = domains.flatMap(({ domain }) => {
    const file = TextFile.open(join(root, FOLDER, domain, 'energy_uj'));
    if (file === undefined) return [];
    const counter = counters.get(domain) ?? new Counter();
    counters.set(domain, counter);
    return [{ file, counter, range: Number(readText(join(root, FOLDER, domain, 'max_energy_range_uj'))) }];
  });
  const close = (): void => packages.forEach(({ file }) => file.close());
  if (packages.length === 0 || packages.length < domains.length) {
    close();
    return [];
  }
  const reading = sample('soc-power', 'watt', domains.map(({ domain, name }) => `/${FOLDER}/${domain}/energy_uj (${name})`).join(' + '), 0.8);
  return [{
    path: join(root, FOLDER),
    poll: (now, to) => {
      let watts = 0;
      let readable = true;
      for (const { file, counter, range } of packages) {
        const loaded = file.load();
        watts += counter.watts(loaded ? loadedNumber() : NaN, range, now);
        readable &&= loaded;
      }
      to.put(reading, watts);
      return readable;
    },
    close,
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

/** Power of all x86 packages together by Running Average Power Limit counters. */
export const rapl: SensorKind = Object.freeze({
  name: 'rapl',
  quantities,
  period: 0.5,
  open: (root: string, clock: Clock) => {
    const counters = new Map<string, Counter>();
    const gaps = (): Gap[] => listNames(join(root, FOLDER), DOMAIN).slice(0, 1).flatMap((domain) => {
      const code = failureOf(join(root, FOLDER, domain, 'energy_uj'));
      return code === undefined ? [] : [raplGap(code)];
    });
    return openProbes('rapl', quantities, clock, () => packagesProbe(root, counters), gaps);
  },
});
