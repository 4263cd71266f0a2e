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
  return { sensor: openProbes('test', ['soc-temperature'], () => 0, find), open: () => open };
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
    expect([sources(sensor, 9000), open()]).toEqual([[], 0]);
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

/** A sensor of channels that take the seconds that `cost` tells, and how often each was read. */
function timed(cost: Readonly<Record<string, (now: number) => number>>): { sensor: OpenSensor; polls: Record<string, number> } {
  let time = 0;
  const polls = Object.fromEntries(Object.keys(cost).map((path) => [path, 0]));
  const find = (): Probe[] => Object.entries(cost).map(([path, seconds]) => {
    const reading = sample('other-temperature', 'celsius', path, 0.6);
    return {
      path,
      poll: (now, to) => {
        polls[path]!++;
        time += seconds(now);
        to.put(reading, now);
        return true;
      },
      close: () => undefined,
    };
  });
  return { sensor: openProbes('test', ['other-temperature'], () => time, find), polls };
}

describe('a channel that is slow', () => {
  it('rests while its reading grows older; those beside it do not', () => {
    const { sensor, polls } = timed({ slow: () => 0.003, fast: () => 0 });
    const seen = Array.from({ length: 10 }, (_, now) => sensor.read(now).map(({ source, value, age }) => [source, value, age]));
    expect(polls).toEqual({ slow: 3, fast: 10 });
    expect(seen.map(([slow]) => slow)).toEqual([0, 1, 1, 1, 1, 1, 1, 1, 1, 9].map((at, now) => ['slow', at, now - at]));
    expect(seen.map(([, fast]) => fast)).toEqual(seen.map((_, now) => ['fast', now, 0]));
  });

  it('of 750 ms takes no more than its share of a day, looks for devices included', () => {
    const { sensor, polls } = timed({ wire: () => 0.75 });
    for (let now = 0; now < 86_400; now++) sensor.read(now);
    expect(polls['wire']! * 0.75).toBeLessThan(0.0004 * 86_400 + 2 * 0.75);
  });

  it('for a single read does not rest', () => {
    const { sensor } = timed({ seldom: (now) => (now % 2 === 0 ? 0.1 : 0) });
    for (let now = 0; now < 10; now++) expect(sensor.read(now)[0]!.age).toBe(0);
  });

  it('because it waits for a 1-wire conversion is left out, with what to do instead', () => {
    using tree = new Tree({
      'sys/class/hwmon/hwmon0/name': 'w1_slave_temp\n', 'sys/class/hwmon/hwmon0/temp1_input': '21000\n',
      'sys/class/hwmon/hwmon1/name': 'nvme\n', 'sys/class/hwmon/hwmon1/temp1_input': '38000\n',
    });
    const sensor = hwmon.open(tree.root, () => 0);
    expect(sensor.read(0)).toMatchObject([{ quantity: 'other-temperature', value: 38 }]);
    expect(sensor.gaps()).toMatchObject([{ why: expect.stringMatching(/w1_slave_temp/), how: expect.stringMatching(/\/sys\/bus\/w1\/devices/) }]);
    tree.remove('sys/class/hwmon/hwmon0');
    expect(sensor.gaps()).toEqual([]);
    sensor.close();
  });
});
