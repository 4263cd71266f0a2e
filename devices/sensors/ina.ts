import { join } from 'node:path';
import type { Quantity } from '../../sdk/power/types.ts';
import { isRaspberryPi } from '../device-tree.ts';
import { hwmons } from './hwmon.ts';
import type { Hwmon } from './hwmon.ts';
import { fileProbe, openProbes } from './probe.ts';
import type { Probe } from './probe.ts';
import { listNames, readText } from './text-file.ts';
import type { Clock, Gap, SensorKind } from './types.ts';

const quantities: readonly Quantity[] = ['board-power', 'supply-voltage', 'supply-current'];
const CHIP = /^ina(2\d\d|3221)/;
const IIO = 'sys/bus/iio/devices';

/** Micro-ohms that the driver takes for the shunt where nobody tells them (ina2xx.c); common INA219 boards have ten times as many. */
const DEFAULT_SHUNT = 10_000;
/** Power may be ten times too high. */
const DEFAULT_SHUNT_TRUST = 0.4;

/** Micro-ohms of a chip's shunt, NaN where the driver shows none. */
function shuntOf(root: string, folder: string): number {
  return Number(readText(join(root, folder, 'shunt_resistor')) ?? NaN);
}

function isShuntDoubtful(root: string, { folder, name }: Hwmon): boolean {
  return name === 'ina219' && shuntOf(root, folder) === DEFAULT_SHUNT;
}

/** hwmon: mV, mA, uW; in0 is the shunt, in1 the bus (kernel documentation, ina2xx). */
function hwmonProbes(root: string, folder: string, name: string, trust: number): Probe[] {
  const shunt = shuntOf(root, folder);
  const shown = Number.isNaN(shunt) ? name : `${name}, shunt ${shunt} µΩ`;
  const byShunt = isShuntDoubtful(root, { folder, name }) ? Math.min(trust, DEFAULT_SHUNT_TRUST) : trust;
  const probe = (file: string, quantity: Quantity, unit: 'watt' | 'volt' | 'ampere', perUnit: number) => fileProbe(
    join(root, folder, file), `/${folder}/${file} (${shown})`, quantity, unit, perUnit, unit === 'volt' ? trust : byShunt,
  );
  return [...probe('power1_input', 'board-power', 'watt', 1e6), ...probe('in1_input', 'supply-voltage', 'volt', 1e3), ...probe('curr1_input', 'supply-current', 'ampere', 1e3)];
}

/** Industrial I/O: raw values times their scale in mV, mA and mW (IIO ABI; channel numbers of ina2xx-adc). */
function iioProbes(root: string, folder: string, name: string, trust: number): Probe[] {
  const probe = (channel: string, quantity: Quantity, unit: 'watt' | 'volt' | 'ampere') => {
    const scale = Number(readText(join(root, folder, `${channel}_scale`)) ?? 1);
    return fileProbe(join(root, folder, `${channel}_raw`), `/${folder}/${channel}_raw (${name})`, quantity, unit, scale > 0 ? 1e3 / scale : NaN, trust);
  };
  return [...probe('in_power2', 'board-power', 'watt'), ...probe('in_voltage1', 'supply-voltage', 'volt'), ...probe('in_current3', 'supply-current', 'ampere')];
}

interface Chip extends Hwmon {
  readonly probes: typeof hwmonProbes;
}

function chips(root: string): Chip[] {
  const iio = listNames(join(root, IIO), /^iio:device\d+$/).map((device) => ({ folder: `${IIO}/${device}`, name: readText(join(root, IIO, device, 'name')) ?? '' }));
  return [...hwmons(root).map((device) => ({ ...device, probes: hwmonProbes })), ...iio.map((device) => ({ ...device, probes: iioProbes }))]
    .filter(({ name }) => CHIP.test(name));
}

function gaps(root: string): Gap[] {
  const found = chips(root);
  const doubtful = found.filter((chip) => isShuntDoubtful(root, chip));
  if (found.length > 0) {
    return doubtful.map(({ folder, name }) => ({
      what: `the shunt of ${name}`, why: `/${folder}/shunt_resistor is ${DEFAULT_SHUNT} µΩ, which the driver assumes; with the 100000 µΩ (R100) of common boards power reads ten times too high`,
      how: `read the marking of the resistor on the board; for R100: echo 100000 | sudo tee /${folder}/shunt_resistor`,
    }));
  }
  const what = 'a power sensor';
  const buses = [...listNames(join(root, 'dev'), /^i2c-\d+$/), ...listNames(join(root, 'sys/bus/i2c/devices'), /^i2c-\d+$/)];
  if (buses.length > 0) {
    return [{
      what, why: 'no INA219, INA226 or INA260 is bound to a driver',
      how: 'if one is connected: echo ina219 0x40 | sudo tee /sys/bus/i2c/devices/i2c-1/new_device, then its shunt in micro-ohms: echo 100000 | sudo tee /sys/bus/i2c/devices/1-0040/hwmon/hwmon*/shunt_resistor',
    }];
  }
  return isRaspberryPi(root) ? [{ what, why: 'the I2C bus is off', how: 'if one is connected: add dtparam=i2c_arm=on to config.txt and restart' }] : [];
}

/** Power, voltage and current from INA219, INA226, INA260 and their relatives. Where there are several, which one feeds the board is unknown: low trust. */
export const ina: SensorKind = Object.freeze({
  name: 'ina',
  quantities,
  period: 0.5,
  open: (root: string, clock: Clock) => openProbes('ina', quantities, clock, () => {
    const found = chips(root);
    return found.flatMap(({ folder, name, probes }) => probes(root, folder, name, found.length === 1 ? 0.9 : 0.4));
  }, () => gaps(root)),
});
