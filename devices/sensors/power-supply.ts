import { join } from 'node:path';
import type { Quantity } from '../../sdk/power/types.ts';
import { fileProbe, openProbes, sample } from './probe.ts';
import type { Probe, Sample, Samples } from './probe.ts';
import { listNames, numberIn, readText, TextFile } from './text-file.ts';
import type { SensorKind } from './types.ts';

const quantities: readonly Quantity[] = ['battery-charge', 'battery-energy', 'battery-power', 'supply-voltage', 'mains-present'];
const FOLDER = 'sys/class/power_supply';

/** Units of the power supply class: uW, uV and uA in an SI unit; uWh and uAh in a joule and a coulomb. */
const MICRO = 1e6;
const MICRO_HOURS = 1e6 / 3600;

/** The sign of power by status: drivers differ in the sign of current (kernel documentation, power supply class). */
function signOf(status: string | undefined): number {
  return status === 'Charging' ? 1 : status === 'Discharging' ? -1 : status === 'Full' || status === 'Not charging' ? 0 : NaN;
}

class Battery implements Probe {
  readonly path: string;
  readonly #files = new Map<string, TextFile>();
  readonly #charge: Sample;
  readonly #energy: Sample;
  readonly #power: Sample;

  constructor(folder: string, shown: string) {
    this.path = folder;
    for (const name of ['capacity', 'status', 'voltage_now', 'current_now', 'power_now', 'energy_now', 'charge_now']) {
      const file = TextFile.open(join(folder, name));
      if (file !== undefined) this.#files.set(name, file);
    }
    this.#charge = sample('battery-charge', 'ratio', `${shown}/capacity`, 0.8);
    this.#energy = sample('battery-energy', 'joule', `${shown}/${this.#files.has('energy_now') ? 'energy_now' : 'charge_now'}`, 0.7);
    this.#power = sample('battery-power', 'watt', `${shown}/${this.#files.has('power_now') ? 'power_now' : 'current_now'}`, 0.7);
  }

  #number(name: string, perUnit: number): number {
    const file = this.#files.get(name);
    return file === undefined ? NaN : numberIn(file) / perUnit;
  }

  poll(_now: number, to: Samples): boolean {
    const status = this.#files.get('status')?.text();
    const volts = this.#number('voltage_now', MICRO);
    const charge = this.#number('capacity', 100);
    const joules = this.#number('energy_now', MICRO_HOURS);
    const watts = this.#number('power_now', MICRO);
    to.put(this.#charge, charge);
    to.put(this.#energy, Number.isNaN(joules) ? this.#number('charge_now', MICRO_HOURS) * volts : joules);
    const sign = signOf(status);
    to.put(this.#power, sign === 0 ? 0 : sign * Math.abs(Number.isNaN(watts) ? this.#number('current_now', MICRO) * volts : watts));
    return status !== undefined || !Number.isNaN(charge);
  }

  close(): void {
    for (const file of this.#files.values()) file.close();
  }
}

/** Batteries and mains of the power supply class. `battery-power` is positive while the battery charges. Batteries of mice and the like are left out. */
export const powerSupply: SensorKind = Object.freeze({
  name: 'power-supply',
  quantities,
  period: 5,
  open: (root: string) => openProbes('power-supply', quantities, () => listNames(join(root, FOLDER), /^[\w.:@-]+$/).flatMap((supply): Probe[] => {
    const folder = join(root, FOLDER, supply);
    const shown = `/${FOLDER}/${supply}`;
    if (readText(join(folder, 'scope')) === 'Device') return [];
    const type = readText(join(folder, 'type'));
    if (type === 'Battery') {
      return [new Battery(folder, shown), ...fileProbe(join(folder, 'voltage_now'), `${shown}/voltage_now`, 'supply-voltage', 'volt', MICRO, 0.8)];
    }
    return type === 'Mains' || type?.startsWith('USB') ? fileProbe(join(folder, 'online'), `${shown}/online`, 'mains-present', 'flag', 1, 0.8) : [];
  }), () => (listNames(join(root, FOLDER), /./).length > 0 ? [] : [{
    what: 'battery state', why: `/${FOLDER} is empty`, how: 'mains needs none; a UPS HAT without a kernel driver can be read by a callback: openSensors({ battery })',
  }])),
});
