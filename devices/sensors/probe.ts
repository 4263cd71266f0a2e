import type { Quantity, Reading, Unit } from '../../sdk/power/types.ts';
import { loadedNumber, TextFile } from './text-file.ts';
import type { Clock, Gap, OpenSensor } from './types.ts';

/** Seconds after which devices are looked for anew; after one failed first the shorter time, then twice as long each time until it has been read for a minute. */
const LOOK_SECONDS = 300;
const RETRY_SECONDS = 5;
const STEADY_SECONDS = 60;
/** Channels of one sensor that are polled. */
const MAX_PROBES = 32;

/** Share of the time that reading one channel may take: one that took d seconds twice running is left alone for d / share, up to 10 s where d is below 20 ms. */
const BUSY_SHARE = 0.0004;
const MAX_REST_SECONDS = 10;
const SLOW_SECONDS = 0.02;

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
  readonly list: Sample[] = [];
  #count = 0;

  start(): void {
    this.#count = 0;
  }

  add(reading: Sample): void {
    this.list[this.#count++] = reading;
  }

  /** Adds a sample unless the value is no number. @param age seconds since it was measured */
  put(reading: Sample, value: number, age = 0): void {
    if (!Number.isFinite(value)) return;
    reading.value = value;
    reading.age = age;
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

/** A probe that is left alone for a while where it is slow; meanwhile its readings grow older. */
class Channel {
  /** Opened anew at each look. */
  probe: Probe;
  readonly #samples = new Samples();
  readonly #clock: Clock;
  #at = -Infinity;
  /** Seconds that the last poll took. */
  #cost = 0;
  #next = -Infinity;

  constructor(probe: Probe, clock: Clock) {
    this.probe = probe;
    this.#clock = clock;
  }

  /** @returns false when the device has vanished or fails */
  read(now: number, to: Samples): boolean {
    const isDue = now >= this.#next;
    const isThere = !isDue || this.#poll(now);
    for (const reading of this.#samples.list) {
      if (!isDue) reading.age += now - this.#at;
      to.add(reading);
    }
    this.#at = now;
    return isThere;
  }

  #poll(now: number): boolean {
    const started = this.#clock();
    this.#samples.start();
    const isThere = this.probe.poll(now, this.#samples);
    this.#samples.finish();
    const cost = this.#clock() - started;
    // The smaller of two: a single long one is another process's turn.
    const usual = Math.min(cost, this.#cost);
    this.#next = now + Math.min(usual < SLOW_SECONDS ? MAX_REST_SECONDS : Infinity, usual / BUSY_SHARE);
    this.#cost = cost;
    return isThere;
  }
}

/**
 * A sensor of the probes that `find` opens, the first 32 of them: found once, looked for again after 300 s, or 5 s after one failed.
 * A probe that fails is closed until then, one that is slow rests; the others do not wait for it.
 */
export function openProbes(name: string, quantities: readonly Quantity[], clock: Clock, find: () => Probe[], gaps: () => readonly Gap[] = () => []): OpenSensor {
  const samples = new Samples();
  /** By path, so that a slow one rests on after a look. */
  let channels = new Map<string, Channel>();
  let look = -Infinity;
  /** Of those that failed of late: seconds until they were looked for, and when that was. */
  const retries = new Map<string, { readonly wait: number; readonly at: number }>();
  const close = (): void => channels.forEach(({ probe }) => probe.close());
  const open = (now: number): void => {
    close();
    const found = find();
    found.splice(MAX_PROBES).forEach((probe) => probe.close());
    const before = channels;
    channels = new Map(found.map((probe) => {
      const channel = before.get(probe.path) ?? new Channel(probe, clock);
      channel.probe = probe;
      return [probe.path, channel];
    }));
    for (const [path, { at }] of retries) if (now > at + STEADY_SECONDS) retries.delete(path);
  };
  const drop = ({ probe }: Channel, now: number): void => {
    probe.close();
    channels.delete(probe.path);
    const { wait: before = 0, at = -Infinity } = retries.get(probe.path) ?? {};
    const wait = now > at + STEADY_SECONDS ? RETRY_SECONDS : Math.min(2 * before, LOOK_SECONDS);
    look = Math.min(look, now + wait);
    retries.set(probe.path, { wait, at: now + wait });
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
      for (const channel of channels.values()) if (!channel.read(now, samples)) drop(channel, now);
      return samples.finish();
    },
    gaps,
    close: () => {
      close();
      channels.clear();
      look = Infinity;
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
