import { join } from 'node:path';
import type { Quantity } from '../../sdk/power/types.ts';
import { hwmons } from './hwmon.ts';
import { fileProbe, openProbes } from './probe.ts';
import type { Probe } from './probe.ts';
import { listNames, readText } from './text-file.ts';
import type { Clock, SensorKind } from './types.ts';

const quantities: readonly Quantity[] = ['board-power', 'supply-voltage', 'supply-current'];
const CHIP = /^ina(2\d\d|3221)/;
const IIO = 'sys/bus/iio/devices';

/** hwmon: mV, mA, uW; in0 is the shunt, in1 the bus (kernel documentation, ina2xx). */
function hwmonProbes(root: string, folder: string, name: string, trust: number): Probe[] {
  const probe = (file: string, quantity: Quantity, unit: 'watt' | 'volt' | 'ampere', perUnit: number) => fileProbe(
    join(root, folder, file), `/${folder}/${file} (${name})`, quantity, unit, perUnit, trust,
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

/** Power, voltage and current from INA219, INA226, INA260 and their relatives. Where there are several, which one feeds the board is unknown: low trust. */
export const ina: SensorKind = Object.freeze({
  name: 'ina',
  quantities,
  period: 0.5,
  open: (root: string, clock: Clock) => {
    const chips = (): { folder: string; name: string; probes: typeof hwmonProbes }[] => {
      const iio = listNames(join(root, IIO), /^iio:device\d+$/).map((device) => ({ folder: `${IIO}/${device}`, name: readText(join(root, IIO, device, 'name')) ?? '' }));
      return [...hwmons(root).map((device) => ({ ...device, probes: hwmonProbes })), ...iio.map((device) => ({ ...device, probes: iioProbes }))]
        .filter(({ name }) => CHIP.test(name));
    };
    return openProbes('ina', quantities, clock, () => {
      const found = chips();
      return found.flatMap(({ folder, name, probes }) => probes(root, folder, name, found.length === 1 ? 0.9 : 0.4));
    }, () => (chips().length > 0 || listNames(join(root, 'dev'), /^i2c-\d+$/).length === 0 ? [] : [{
      what: 'a power sensor', why: 'no INA219, INA226 or INA260 is bound to a driver',
      how: 'if one is connected: dtoverlay=i2c-sensor,ina219,addr=0x40 in config.txt, or bind it through /sys/bus/i2c/devices/i2c-1/new_device',
    }]));
  },
});
