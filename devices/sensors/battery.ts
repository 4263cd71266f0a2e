import { join } from 'node:path';
import type { Probe, Samples } from './probe.ts';
import { numberIn, TextFile } from './text-file.ts';
import { Total } from './total.ts';

/** Units of the power supply class: uW, uV and uA in an SI unit; uWh and uAh in a joule and a coulomb. */
const MICRO = 1e6;
const MICRO_HOURS = 1e6 / 3600;

const FILES = ['present', 'capacity', 'status', 'voltage_now', 'current_now', 'power_now', 'energy_now', 'energy_full', 'charge_now', 'charge_full'] as const;
type File = (typeof FILES)[number];

/** The sign of power by status: drivers differ in the sign of current (kernel documentation, power supply class). */
function signOf(status: string | undefined): number {
  return status === 'Charging' ? 1 : status === 'Discharging' ? -1 : status === 'Full' || status === 'Not charging' ? 0 : NaN;
}

/** A battery of the power supply class. What it does not tell is NaN. */
export class Battery implements Probe {
  readonly path: string;
  readonly shown: string;
  /** False where `present` says that its bay is empty. */
  present = false;
  /** When it was polled. */
  at = NaN;
  charge = NaN;
  volts = NaN;
  joules = NaN;
  /** Joules when full. */
  fullJoules = NaN;
  /** Positive while it charges. */
  watts = NaN;
  readonly #files = new Map<File, TextFile>();
  readonly #closed: (battery: Battery) => void;

  /** @param shown path for people */
  constructor(folder: string, shown: string, closed: (battery: Battery) => void) {
    this.path = folder;
    this.shown = shown;
    this.#closed = closed;
    for (const name of FILES) {
      const file = TextFile.open(join(folder, name));
      if (file !== undefined) this.#files.set(name, file);
    }
  }

  /** The first of the files that it has, for people. */
  source(...names: readonly File[]): string {
    return `${this.shown}/${names.find((name) => this.#files.has(name)) ?? names[0]!}`;
  }

  #number(name: File, perUnit: number): number {
    const file = this.#files.get(name);
    return file === undefined ? NaN : numberIn(file) / perUnit;
  }

  #joules(energy: File, charge: File): number {
    const joules = this.#number(energy, MICRO_HOURS);
    return Number.isNaN(joules) ? this.#number(charge, MICRO_HOURS) * this.volts : joules;
  }

  poll(now: number): boolean {
    this.at = now;
    this.present = this.#number('present', 1) !== 0;
    const status = this.#files.get('status')?.text();
    this.volts = this.#number('voltage_now', MICRO);
    this.joules = this.#joules('energy_now', 'charge_now');
    this.fullJoules = this.#joules('energy_full', 'charge_full');
    const capacity = this.#number('capacity', 100);
    this.charge = Number.isNaN(capacity) ? this.joules / this.fullJoules : capacity;
    const power = this.#number('power_now', MICRO);
    const watts = Math.abs(Number.isNaN(power) ? this.#number('current_now', MICRO) * this.volts : power);
    const sign = signOf(status);
    this.watts = sign === 0 || watts === 0 ? 0 : sign * watts;
    return status !== undefined || !Number.isNaN(this.charge);
  }

  close(): void {
    for (const file of this.#files.values()) file.close();
    this.#closed(this);
  }
}

/** All batteries as one: one is empty while the other is full, and the board draws from both. */
export class Batteries {
  readonly #charge = new Total('battery-charge', 'ratio', 0.8);
  readonly #energy = new Total('battery-energy', 'joule', 0.7);
  readonly #power = new Total('battery-power', 'watt', 0.7);
  readonly #volts = new Total('supply-voltage', 'volt', 0.8);

  /** Charge counts by what each holds when full, else all alike; a sum that one does not tell its part of is not known; the lowest voltage counts. */
  put(batteries: Iterable<Battery>, now: number, to: Samples): void {
    for (const total of [this.#charge, this.#energy, this.#power, this.#volts]) total.start();
    let [charges, told, weighted, full, joules, watts, volts] = [0, 0, 0, 0, 0, 0, Infinity];
    for (const battery of batteries) {
      if (!battery.present) continue;
      if (!Number.isNaN(battery.charge)) {
        this.#charge.include(battery.source('capacity', 'energy_now', 'charge_now'), battery.at);
        told++;
        charges += battery.charge;
        full += battery.fullJoules;
        weighted += battery.charge * battery.fullJoules;
      }
      if (!Number.isNaN(battery.volts)) {
        this.#volts.include(battery.source('voltage_now'), battery.at);
        volts = Math.min(volts, battery.volts);
      }
      this.#energy.include(battery.source('energy_now', 'charge_now'), battery.at);
      joules += battery.joules;
      this.#power.include(battery.source('power_now', 'current_now'), battery.at);
      watts += battery.watts;
    }
    this.#charge.put(full > 0 ? weighted / full : charges / told, now, to);
    this.#energy.put(joules, now, to);
    this.#power.put(watts, now, to);
    this.#volts.put(volts, now, to);
  }
}
