import { join } from 'node:path';
import { isRaspberryPi } from '../device-tree.ts';
import { hwmons } from './hwmon.ts';
import { fileProbe, openProbes } from './probe.ts';
import type { Probe } from './probe.ts';
import { failureOf, listNames, loadedNumber, TextFile } from './text-file.ts';
import { Flags, throttleQuantities, Vcgencmd } from './vcgencmd.ts';
import type { Clock, Gap, OpenSensor, SensorKind } from './types.ts';

/** The driver renews its copy of the flags this often (raspberrypi-hwmon.c). */
const DRIVER_SECONDS = 2;

/** The flags in sysfs. The parent node differs between models. */
function flagFiles(root: string): string[] {
  const platform = 'sys/devices/platform';
  return ['', ...listNames(join(root, platform), /^soc/)].flatMap((parent) => {
    const folder = parent === '' ? platform : `${platform}/${parent}`;
    return listNames(join(root, folder), /:firmware$/).map((node) => `${folder}/${node}/get_throttled`);
  });
}

function flagProbes(root: string): Probe[] {
  for (const path of flagFiles(root)) {
    const file = TextFile.open(join(root, path));
    if (file === undefined) continue;
    const flags = new Flags(`/${path}`);
    return [{
      path: file.path,
      poll: (_now, to) => {
        const readable = file.load();
        if (readable) flags.put(loadedNumber(16), DRIVER_SECONDS / 2, to);
        return readable;
      },
      close: () => file.close(),
    }];
  }
  return [];
}

function vcgencmdPath(root: string): string | undefined {
  return ['usr/bin/vcgencmd', 'opt/vc/bin/vcgencmd'].map((path) => join(root, path)).find((path) => failureOf(path) === undefined);
}

/** @param failure of the last run of vcgencmd */
function gaps(root: string, failure: string | undefined): Gap[] {
  if (!isRaspberryPi(root) || flagFiles(root).some((path) => failureOf(join(root, path)) === undefined)) return [];
  if (vcgencmdPath(root) === undefined) {
    return [{ what: 'throttle flags', why: 'this kernel has no get_throttled file and vcgencmd is not installed', how: 'sudo apt install raspi-utils' }];
  }
  return vcioGaps(failureOf(join(root, 'dev/vcio')), failure);
}

/** What is missing when opening /dev/vcio fails with `code`, and vcgencmd with `failure`. */
export function vcioGaps(code: string | undefined, failure: string | undefined): Gap[] {
  const what = 'throttle flags';
  if (code === 'EACCES') return [{ what, why: 'vcgencmd may not open /dev/vcio', how: 'sudo usermod -aG video $USER, then log in again' }];
  if (code === 'EPERM') return [{ what, why: 'this container may not open /dev/vcio', how: 'start the container with --device /dev/vcio' }];
  if (failure === undefined) return [];
  if (code === 'ENOENT') return [{ what, why: `there is no /dev/vcio: ${failure}`, how: 'start the container with --device /dev/vcio' }];
  return [{ what, why: `vcgencmd get_throttled fails: ${failure}`, how: 'run it by hand; where it fails there too, sudo apt full-upgrade brings firmware and raspi-utils that fit together' }];
}

/** Throttling, clock capping and low voltage of Raspberry Pis: from sysfs, else low voltage from hwmon and all flags from vcgencmd at most every 5 s. */
export const rpiThrottle: SensorKind = Object.freeze({
  name: 'rpi-throttle',
  quantities: throttleQuantities,
  period: 0.5,
  open: (root: string, clock: Clock): OpenSensor => {
    let vcgencmd: Vcgencmd | undefined;
    const find = (): Probe[] => {
      const flags = flagProbes(root);
      if (flags.length > 0) return flags;
      const path = isRaspberryPi(root) ? vcgencmdPath(root) : undefined;
      if (path !== undefined) vcgencmd ??= new Vcgencmd(path, clock);
      const alarms = hwmons(root).filter(({ name }) => name === 'rpi_volt').flatMap(({ folder }) => fileProbe(
        join(root, folder, 'in0_lcrit_alarm'), `/${folder}/in0_lcrit_alarm (rpi_volt)`, 'under-voltage', 'flag', 1, 0.9,
      ));
      return path === undefined || vcgencmd === undefined ? alarms : [...alarms, vcgencmd];
    };
    return { ...openProbes('rpi-throttle', throttleQuantities, clock, find, () => gaps(root, vcgencmd?.failure)), settled: async () => vcgencmd?.settled() };
  },
});
