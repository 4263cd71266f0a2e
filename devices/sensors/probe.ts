import type { Quantity, Reading, Unit } from '../../sdk/power/types.ts';
import { loadedNumber, TextFile } from './text-file.ts';
import type { Gap, OpenSensor } from './types.ts';

/** Seconds after which devices are looked for anew; after one failed first the shorter time, then twice as long each time until it has been read for a minute. */
const LOOK_SECONDS = 300;
const RETRY_SECONDS = 5;
const STEADY_SECONDS = 60;
/** Channels of one sensor that are polled. */
const MAX_PROBES = 32;

/** A reading that is overwritten by every poll. */
export interface Sample extends Reading {
  value: number;
  age: number;
  trust: number;
}

export function sample(quantity: Quantity, unit: Unit, source: string, trust: number): Sample {
  return { quantity, value: 0, unit, source, age: 0, trust };
}

/** Readings of one poll in an array that is kept. */
export class Samples {
  readonly list: Reading[] = [];
  #count = 0;

  start(): void {
    this.#count = 0;
  }

  add(reading: Reading): void {
    this.list[this.#count++] = reading;
  }

  /** Adds a sample unless the value is no number. */
  put(reading: Sample, value: number): void {
    if (!Number.isFinite(value)) return;
    reading.value = value;
    this.add(reading);
  }

  finish(): readonly Reading[] {
    if (this.list.length !== this.#count) this.list.length = this.#count;
    return this.list;
  }
}

/** A found device: it holds its files open. */
export interface Probe {
  /** The same at every look. */
  readonly path: string;
  /** @returns false when the device has vanished or fails */
  poll(now: number, to: Samples): boolean;
  close(): void;
}

/**
 * A sensor of the probes that `find` opens, the first 32 of them: found once, looked for again after 300 s, or 5 s after one failed.
 * A probe that fails is closed until then.
 */
export function openProbes(name: string, quantities: readonly Quantity[], find: () => Probe[], gaps: () => readonly Gap[] = () => []): OpenSensor {
  const samples = new Samples();
  let probes: readonly Probe[] = [];
  let look = -Infinity;
  /** Of those that failed of late: seconds until they were looked for, and when that was. */
  const retries = new Map<string, { readonly wait: number; readonly at: number }>();
  const close = (): void => {
    probes.forEach((probe) => probe.close());
    probes = [];
  };
  const open = (now: number): void => {
    close();
    const found = find();
    found.splice(MAX_PROBES).forEach((probe) => probe.close());
    probes = found;
    for (const [path, { at }] of retries) if (now > at + STEADY_SECONDS) retries.delete(path);
  };
  const drop = (failed: Probe, now: number): void => {
    failed.close();
    probes = probes.filter((probe) => probe !== failed);
    const { wait: before = 0, at = -Infinity } = retries.get(failed.path) ?? {};
    const wait = now > at + STEADY_SECONDS ? RETRY_SECONDS : Math.min(2 * before, LOOK_SECONDS);
    look = Math.min(look, now + wait);
    retries.set(failed.path, { wait, at: now + wait });
  };
  return {
    name,
    quantities,
    read: (now) => {
      if (now >= look) {
        open(now);
        look = now + LOOK_SECONDS;
      }
      samples.start();
      for (const probe of probes) if (!probe.poll(now, samples)) drop(probe, now);
      return samples.finish();
    },
    gaps,
    close: () => {
      close();
      retries.clear();
      look = -Infinity;
    },
  };
}

/** A probe of one file with one number; nothing where it cannot be opened. @param perUnit how many of the file's unit make one SI unit */
export function fileProbe(path: string, shown: string, quantity: Quantity, unit: Unit, perUnit: number, trust: number): Probe[] {
  const file = TextFile.open(path);
  if (file === undefined) return [];
  const reading = sample(quantity, unit, shown, trust);
  return [{
    path,
    poll: (_now, to) => {
      const readable = file.load();
      if (readable) to.put(reading, loadedNumber() / perUnit);
      return readable;
    },
    close: () => file.close(),
  }];
}
