import { join } from 'node:path';
import type { Quantity } from '../../sdk/power/types.ts';
import { PLAUSIBLE } from './judge.ts';
import { fileProbe, openProbes, sample } from './probe.ts';
import type { Probe } from './probe.ts';
import { listNames, numberIn, readText, TextFile } from './text-file.ts';
import type { Clock, SensorKind } from './types.ts';

const quantities: readonly Quantity[] = ['soc-temperature', 'other-temperature'];
const FOLDER = 'sys/class/thermal';

/** Zone types of processors; the order of zones means nothing. */
const SOC_TYPE = /^(cpu|soc|mpu|package|bigcore|littlecore|center|cluster|bcm2835)\d*([-_]?thermal)?$|^main\d+[-_]thermal$|^(cpu|soc)[-_]|^(x86_pkg_temp|aml_thermal|imx_thermal_zone)$/i;
/** Zones away from the processor. */
const AWAY_TYPE = /^(acpitz|int34|iwlwifi|pch)|bat|charg|modem|nvme|wlan|board|skin|ambient/i;
/** Enough to be acted on: what is hottest is no cooler than the processor, whatever the zones are called. */
const HOTTEST_TRUST = 0.3;
/** Firmware zones of PCs, often a constant. */
const FIRMWARE_TYPE = /^acpitz/;

interface Zone {
  readonly zone: string;
  readonly type: string;
  readonly soc: boolean;
}

/** Zones and their types, those of the processor first. */
function zones(root: string): Zone[] {
  return listNames(join(root, FOLDER), /^thermal_zone\d+$/).flatMap((zone) => {
    const type = readText(join(root, FOLDER, zone, 'type'));
    return type === undefined ? [] : [{ zone, type, soc: SOC_TYPE.test(type) }];
  }).sort((a, b) => Number(b.soc) - Number(a.soc));
}

/** The hottest of zones of which none names the processor: on a chip of unknown names one of them is next to it. */
function hottestProbe(root: string, all: readonly Zone[]): Probe[] {
  const near = all.some(({ soc }) => soc) ? [] : all.filter(({ type }) => !AWAY_TYPE.test(type));
  const files = near.flatMap(({ zone }) => TextFile.open(join(root, FOLDER, zone, 'temp')) ?? []);
  if (files.length === 0) return [];
  const reading = sample('soc-temperature', 'celsius', `/${FOLDER} (hottest of ${near.map(({ type }) => type).join(', ')})`, HOTTEST_TRUST);
  return [{
    path: join(root, FOLDER),
    poll: (_now, to) => {
      const [least, most] = PLAUSIBLE['soc-temperature'];
      let hottest = -Infinity;
      for (const file of files) {
        const celsius = numberIn(file) / 1e3;
        if (celsius >= least && celsius <= most) hottest = Math.max(hottest, celsius);
      }
      to.put(reading, hottest);
      return hottest > -Infinity;
    },
    close: () => files.forEach((file) => file.close()),
  }];
}

/** Temperatures of the kernel's thermal zones (thermal sysfs: millidegrees). */
export const thermalZones: SensorKind = Object.freeze({
  name: 'thermal-zones',
  quantities,
  period: 0.5,
  open: (root: string, clock: Clock) => openProbes('thermal-zones', quantities, clock, () => {
    const all = zones(root);
    return [...hottestProbe(root, all), ...all.flatMap(({ zone, type, soc }) => {
      const trust = soc ? 0.9 : FIRMWARE_TYPE.test(type) ? 0.3 : 0.6;
      return fileProbe(join(root, FOLDER, zone, 'temp'), `/${FOLDER}/${zone}/temp (${type})`, soc ? 'soc-temperature' : 'other-temperature', 'celsius', 1e3, trust);
    })];
  }, () => (listNames(join(root, FOLDER), /^thermal_zone\d+$/).length > 0 ? [] : [{
    what: 'thermal zones', why: `/${FOLDER} has none`, how: 'containers: mount /sys read-only; virtual machines have no temperature',
  }])),
});
