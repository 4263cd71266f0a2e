import { describe, expect, it } from 'vitest';
import { hwmon } from '../../devices/sensors/hwmon.ts';
import { openProbes, sample } from '../../devices/sensors/probe.ts';
import type { Probe } from '../../devices/sensors/probe.ts';
import { thermalZones } from '../../devices/sensors/thermal-zones.ts';
import type { OpenSensor } from '../../devices/sensors/types.ts';
import { Tree } from './tree.ts';

/** Devices of which a test says which ones fail; the sensor, and how many are open. */
function devices(paths: readonly string[], failing: ReadonlySet<string>): { sensor: OpenSensor; open: () => number } {
  let open = 0;
  const find = (): Probe[] => paths.map((path) => {
    const reading = sample('soc-temperature', 'celsius', path, 0.9);
    open++;
    return {
      path,
      poll: (_now, to) => {
        if (failing.has(path)) return false;
        to.put(reading, 45);
        return true;
      },
      close: () => { open--; },
    };
  });
  return { sensor: openProbes('test', ['soc-temperature'], find), open: () => open };
}

function sources(sensor: OpenSensor, now: number): string[] {
  return sensor.read(now).map(({ source }) => source);
}

/** Seconds without the device `path`, from `since` on. */
function blind(sensor: OpenSensor, path: string, since: number): number {
  let now = since;
  while (!sources(sensor, now).includes(path)) now++;
  return now - since;
}

describe('probes', () => {
  it('of more devices than are polled are closed at each look', () => {
    const { sensor, open } = devices(Array.from({ length: 40 }, (_, index) => `zone${index}`), new Set());
    expect([0, 300, 600].map((now) => [sources(sensor, now).length, open()])).toEqual([[32, 32], [32, 32], [32, 32]]);
    sensor.close();
    expect(open()).toBe(0);
  });

  it('of the processor come first', () => {
    const numbers = Array.from({ length: 40 }, (_, number) => number);
    using tree = new Tree(Object.fromEntries(numbers.flatMap((number) => [
      [`sys/class/thermal/thermal_zone${number}/type`, number === 39 ? 'cpu-thermal\n' : 'gpu-thermal\n'],
      [`sys/class/thermal/thermal_zone${number}/temp`, '45000\n'],
      [`sys/class/hwmon/hwmon${number}/name`, number === 39 ? 'coretemp\n' : 'nvme\n'], [`sys/class/hwmon/hwmon${number}/temp1_input`, '45000\n'],
    ])));
    for (const kind of [thermalZones, hwmon]) {
      const sensor = kind.open(tree.root, () => 0);
      expect(sensor.read(0).map(({ quantity }) => quantity)).toEqual(['soc-temperature', ...Array.from({ length: 31 }, () => 'other-temperature')]);
      sensor.close();
    }
  });

  it.each([['between looks', 3600], ['at a look', 315]])('one that fails once %s is back after 5 s, also beside one that always fails', (_when, at) => {
    const failing = new Set(['radio']);
    const { sensor, open } = devices(['soc', 'radio'], failing);
    for (let now = 0; now < at; now++) sensor.read(now);
    failing.add('soc');
    sensor.read(at);
    failing.delete('soc');
    expect([open(), blind(sensor, 'soc', at)]).toEqual([0, 5]);
    sensor.close();
  });

  it('one that keeps failing is tried ever less often, and after 5 s again once it has been read', () => {
    const failing = new Set(['soc']);
    const { sensor } = devices(['soc'], failing);
    for (let now = 0; now < 3616; now++) sensor.read(now);
    failing.clear();
    expect(blind(sensor, 'soc', 3616)).toBe(299);
    failing.add('soc');
    sensor.read(4000);
    failing.clear();
    expect(blind(sensor, 'soc', 4000)).toBe(5);
  });

  it('one that fails whenever it has been read for a while is looked for ever less often', () => {
    const failing = new Set<string>();
    const { sensor } = devices(['soc'], failing);
    const waits: number[] = [];
    // The look that is due every 300 s comes before the longest waits end.
    for (let round = 0, now = 0; round < 8; round++) {
      for (let second = 0; second < 20; second++) sensor.read(now++);
      failing.add('soc');
      sensor.read(now);
      failing.clear();
      const seconds = blind(sensor, 'soc', now);
      waits.push(seconds);
      now += seconds;
    }
    expect(waits).toEqual([5, 10, 20, 40, 80, 160, 280, 280]);
  });
});
