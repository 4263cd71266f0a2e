import { join } from 'node:path';
import type { Quantity } from '../../sdk/power/types.ts';
import { fileProbe, openProbes } from './probe.ts';
import { listNames, readText } from './text-file.ts';
import type { Clock, SensorKind } from './types.ts';

const quantities: readonly Quantity[] = ['soc-temperature', 'other-temperature'];
const FOLDER = 'sys/class/thermal';

/** Zone types of processors; the order of zones means nothing. */
const SOC_TYPE = /^(cpu|soc|mpu|package|bigcore|littlecore|center|bcm2835)\d*([-_]?thermal)?$|^(cpu|soc)[-_]|^x86_pkg_temp$/;
/** Firmware zones of PCs, often a constant. */
const FIRMWARE_TYPE = /^acpitz/;

/** Zones and their types, those of the processor first. */
function zones(root: string): { zone: string; type: string; soc: boolean }[] {
  return listNames(join(root, FOLDER), /^thermal_zone\d+$/).flatMap((zone) => {
    const type = readText(join(root, FOLDER, zone, 'type'));
    return type === undefined ? [] : [{ zone, type, soc: SOC_TYPE.test(type) }];
  }).sort((a, b) => Number(b.soc) - Number(a.soc));
}

/** Temperatures of the kernel's thermal zones (thermal sysfs: millidegrees). */
export const thermalZones: SensorKind = Object.freeze({
  name: 'thermal-zones',
  quantities,
  period: 0.5,
  open: (root: string, clock: Clock) => openProbes('thermal-zones', quantities, clock, () => zones(root).flatMap(({ zone, type, soc }) => {
    const trust = soc ? 0.9 : FIRMWARE_TYPE.test(type) ? 0.3 : 0.6;
    return fileProbe(join(root, FOLDER, zone, 'temp'), `/${FOLDER}/${zone}/temp (${type})`, soc ? 'soc-temperature' : 'other-temperature', 'celsius', 1e3, trust);
  }), () => (listNames(join(root, FOLDER), /^thermal_zone\d+$/).length > 0 ? [] : [{
    what: 'thermal zones', why: `/${FOLDER} has none`, how: 'containers: mount /sys read-only; virtual machines have no temperature',
  }])),
});
