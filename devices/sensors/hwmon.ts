import { join } from 'node:path';
import type { Quantity } from '../../sdk/power/types.ts';
import { fileProbe, openProbes } from './probe.ts';
import { listNames, readText } from './text-file.ts';
import type { Clock, SensorKind } from './types.ts';

const quantities: readonly Quantity[] = ['soc-temperature', 'other-temperature'];

/** Chips that measure the processor. */
const SOC_NAME = /^(coretemp|k10temp|zenpower|(cpu|soc)\d*_thermal)$/;

/** DS18B20 and relatives: a read waits for the conversion, 750 ms at 12 bits (w1_therm.c), and nothing else of the program runs meanwhile. */
const WAITS = 'w1_slave_temp';

/** A device of /sys/class/hwmon. */
export interface Hwmon {
  /** Folder below the root, without a slash before it. */
  readonly folder: string;
  readonly name: string;
}

/** The hwmon devices below a root; their numbers change from start to start, their names do not. */
export function hwmons(root: string): Hwmon[] {
  return listNames(join(root, 'sys/class/hwmon'), /^hwmon\d+$/).flatMap((entry) => {
    const folder = `sys/class/hwmon/${entry}`;
    const name = readText(join(root, folder, 'name'));
    return name === undefined ? [] : [{ folder, name }];
  });
}

/** Temperatures of hwmon devices (hwmon sysfs interface: millidegrees), the processor's first. Those that only repeat a thermal zone are left out. */
export const hwmon: SensorKind = Object.freeze({
  name: 'hwmon',
  quantities,
  period: 0.5,
  open: (root: string, clock: Clock) => openProbes('hwmon', quantities, clock, () => {
    const zones = 'sys/class/thermal';
    // thermal_hwmon.c names a device after its zone, with - replaced by _.
    const repeated = new Set(listNames(join(root, zones), /^thermal_zone\d+$/).map((zone) => readText(join(root, zones, zone, 'type'))?.replaceAll('-', '_')));
    const chips = hwmons(root).filter(({ name }) => name !== WAITS && !repeated.has(name)).map((chip) => ({ ...chip, soc: SOC_NAME.test(chip.name) }));
    return chips.sort((a, b) => Number(b.soc) - Number(a.soc)).flatMap(({ folder, name, soc }) => (
      listNames(join(root, folder), /^temp\d+_input$/).flatMap((input) => fileProbe(
        join(root, folder, input), `/${folder}/${input} (${name})`, soc ? 'soc-temperature' : 'other-temperature', 'celsius', 1e3, soc ? 0.9 : 0.6,
      ))
    ));
  }, () => hwmons(root).filter(({ name }) => name === WAITS).slice(0, 1).map(() => ({
    what: 'temperature of 1-wire thermometers', why: `each read of ${WAITS} would stop the program for up to 750 ms`,
    how: 'nothing to do for the processor, which has a thermometer of its own; read others in the background from /sys/bus/w1/devices/*/temperature, with readFile of node:fs/promises',
  }))),
});
