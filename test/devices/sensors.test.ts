import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { openSensors } from '../../devices/open-sensors.ts';
import { sensorKinds } from '../../devices/sensors/index.ts';
import { raplGap } from '../../devices/sensors/rapl.ts';
import { vcioGaps } from '../../devices/sensors/rpi-throttle.ts';
import type { OpenSensor } from '../../devices/sensors/types.ts';
import { OptionError } from '../../sdk/core/errors.ts';
import { nodeFs } from '../../sdk/core/node-fs.ts';
import type { Quantity, Reading } from '../../sdk/power/types.ts';
import { Tree, trees } from './tree.ts';
import type { Files } from './tree.ts';

/** Time stands still for the sensors unless a test moves it. */
const clock = (): number => 0;
const UNITS: Readonly<Record<string, string>> = {
  'soc-temperature': 'celsius', 'other-temperature': 'celsius', 'board-power': 'watt', 'soc-power': 'watt', 'supply-voltage': 'volt', 'supply-current': 'ampere',
  'battery-charge': 'ratio', 'battery-energy': 'joule', 'battery-power': 'watt', 'mains-present': 'flag', 'clock': 'hertz', 'clock-limit': 'hertz',
  'under-voltage': 'flag', 'clock-capped': 'flag', 'throttled': 'flag', 'soft-limited': 'flag', 'cpu-quota': 'core', 'quota-throttled': 'ratio',
  'cpu-pressure': 'ratio', 'cpu-time': 'second',
};

function values(readings: readonly Reading[], quantity: Quantity): number[] {
  return readings.filter((reading) => reading.quantity === quantity).map(({ value }) => value);
}

function trustOf(readings: readonly Reading[], quantity: Quantity): number {
  return readings.find((reading) => reading.quantity === quantity)!.trust;
}

function using(files: Files, check: (sensors: OpenSensor, tree: Tree) => void): void {
  using tree = new Tree(files);
  const sensors = openSensors({ root: tree.root, clock });
  check(sensors, tree);
  sensors.close();
}

describe('sensors on boards', () => {
  it('Pi Zero 2 W: one temperature, counted once, and flags; the clock is not believed', () => {
    using(trees.piZero2W, (sensors) => {
      const readings = sensors.read(0);
      expect(values(readings, 'soc-temperature')).toEqual([47.236]);
      expect(values(readings, 'other-temperature')).toEqual([]);
      expect(['under-voltage', 'clock-capped', 'throttled', 'soft-limited'].map((flag) => values(readings, flag as Quantity))).toEqual([[0], [0], [0], [0]]);
      expect(values(readings, 'clock')).toEqual([1e9]);
      expect(trustOf(readings, 'clock')).toBeLessThan(0.2);
      expect(trustOf(readings, 'soc-temperature')).toBe(0.9);
      expect(trustOf(readings, 'throttled')).toBe(0.9);
    });
  });

  it('Pi 4B: throttled at low voltage, and an INA219', () => {
    using(trees.pi4B, (sensors) => {
      const readings = sensors.read(0);
      expect([values(readings, 'under-voltage'), values(readings, 'clock-capped'), values(readings, 'throttled')]).toEqual([[1], [0], [1]]);
      expect(values(readings, 'board-power')).toEqual([4.15]);
      expect(values(readings, 'supply-voltage')[0]).toBeCloseTo(5.112, 12);
      expect(values(readings, 'supply-current')[0]).toBeCloseTo(0.812, 12);
    });
  });

  it('Pi 5: flags at its own node, the temperature of its I/O chip apart', () => {
    using(trees.pi5, (sensors) => {
      const readings = sensors.read(0);
      expect([values(readings, 'soc-temperature'), values(readings, 'other-temperature')]).toEqual([[58.35], [51.213]]);
      expect([values(readings, 'soft-limited'), values(readings, 'under-voltage')]).toEqual([[1], [0]]);
      expect(readings.find(({ quantity }) => quantity === 'soft-limited')!.source).toBe('/sys/devices/platform/soc@107c000000/soc@107c000000:firmware/get_throttled');
    });
  });

  it('Orange Pi: the processor zone by its type wherever it stands, throttling from cooling devices', () => {
    using(trees.orangePiZero3, (sensors) => {
      const readings = sensors.read(0);
      expect([values(readings, 'soc-temperature'), values(readings, 'other-temperature')]).toEqual([[74], [61, 60]]);
      expect(values(readings, 'throttled')).toEqual([1]);
      expect(trustOf(readings, 'clock')).toBe(0.7);
    });
  });

  it.each([
    [[0.9], ['cpu-thermal', 'cpu_thermal', 'soc-thermal', 'cpu0-thermal', 'bigcore0-thermal', 'littlecore-thermal', 'mpu-thermal', 'package-thermal', 'bcm2835_thermal', 'x86_pkg_temp',
      'main0-thermal', 'cluster0-thermal', 'aml_thermal', 'imx_thermal_zone', 'CPU-therm']],
    [[0.3], ['gpu-thermal', 'ddr-thermal', 've-thermal', 'wkup-thermal', 'cpufreq', '']],
    [[], ['acpitz', 'iwlwifi_1', 'battery', 'INT3400 Thermal', 'pch_cannonlake']],
  ])('trust %j in the temperature of the processor for zones %j', (trusts, types) => {
    for (const type of types) {
      using({ 'sys/class/thermal/thermal_zone0/type': type, 'sys/class/thermal/thermal_zone0/temp': '50000' }, (sensors) => {
        expect([type, sensors.read(0).filter(({ quantity }) => quantity === 'soc-temperature').map(({ trust }) => trust)]).toEqual([type, trusts]);
      });
    }
  });

  it('where no zone names the processor the hottest one that can be true stands for it, whichever it is at the time', () => {
    const zones = (...millis: readonly number[]): Files => Object.fromEntries(['ddr-thermal', 'gpu-thermal', 'battery', 'odd'].flatMap((type, at) => [
      [`sys/class/thermal/thermal_zone${at}/type`, type], [`sys/class/thermal/thermal_zone${at}/temp`, String(millis[at])],
    ]));
    using(zones(50000, 60000, 80000, 1e9), (sensors, tree) => {
      const [first] = sensors.read(0).filter(({ quantity }) => quantity === 'soc-temperature');
      expect(first).toMatchObject({ value: 60, source: '/sys/class/thermal (hottest of ddr-thermal, gpu-thermal, odd)' });
      tree.write(zones(70000, 60000, 80000, -274000));
      expect(values(sensors.read(1), 'soc-temperature')).toEqual([70]);
    });
  });

  it('x86: power from a counter that wraps, battery in SI units, signed by status, no mouse', () => {
    using(trees.x86, (sensors, tree) => {
      const first = sensors.read(0);
      expect(values(first, 'soc-power')).toEqual([]);
      expect(values(first, 'soc-temperature')).toEqual([45, 46]);
      expect(values(first, 'battery-charge')).toEqual([0.63]);
      expect(values(first, 'battery-energy')[0]).toBeCloseTo(31.5 * 3600, 6);
      expect(values(first, 'battery-power')[0]).toBeCloseTo(-7.6, 12);
      expect(values(first, 'mains-present')).toEqual([0]);
      expect(values(first, 'cpu-pressure')).toEqual([0.125]);
      expect(values(first, 'clock')).toEqual([8e8, 9e8]);
      tree.write({ 'sys/class/powercap/intel-rapl:0/energy_uj': '9671150\n' });
      expect(values(sensors.read(2), 'soc-power')[0]).toBeCloseTo(5, 9);
    });
  });

  it('x86 with two packages: their sum without psys, also at a look for devices; nothing while one cannot be read', () => {
    const at = (joules: number): Files => Object.fromEntries(['package-0', 'package-1', 'psys'].flatMap((name, number) => [
      [`sys/class/powercap/intel-rapl:${number}/name`, `${name}\n`], [`sys/class/powercap/intel-rapl:${number}/energy_uj`, `${joules * 1e6 * (number + 1)}\n`],
      [`sys/class/powercap/intel-rapl:${number}/max_energy_range_uj`, '262143328850\n'],
    ]));
    using(at(0), (sensors, tree) => {
      const shown = [0, 298, 300, 302].map((now) => {
        tree.write(at(20 * now));
        return values(sensors.read(now), 'soc-power').map((watts) => Number(watts.toFixed(6)));
      });
      expect(shown).toEqual([[], [60], [60], [60]]);
      tree.remove('sys/class/powercap/intel-rapl:1/energy_uj');
      expect(values(sensors.read(700), 'soc-power')).toEqual([]);
    });
  });

  it('battery of charge and current: joules and watts by the voltage, the driver\'s sign ignored', () => {
    const battery = { type: 'Battery', status: 'Discharging', voltage_now: '3700000', current_now: '500000', charge_now: '2000000' };
    using(Object.fromEntries(Object.entries(battery).map(([name, text]) => [`sys/class/power_supply/ups/${name}`, `${text}\n`])), (sensors, tree) => {
      const readings = sensors.read(0);
      expect(values(readings, 'battery-power')[0]).toBeCloseTo(-1.85, 12);
      expect(values(readings, 'battery-energy')[0]).toBeCloseTo(2 * 3600 * 3.7, 6);
      tree.write({ 'sys/class/power_supply/ups/status': 'Charging\n', 'sys/class/power_supply/ups/current_now': '-500000\n' });
      expect(values(sensors.read(10), 'battery-power')[0]).toBeCloseTo(1.85, 12);
      tree.write({ 'sys/class/power_supply/ups/status': 'Unknown\n' });
      expect(values(sensors.read(20), 'battery-power')).toEqual([]);
    });
  });

  it.each([['cgroupV2', 1.5, '/sys/fs/cgroup/system.slice/camera.service', 'cpu.stat'], ['cgroupV1', 0.5, '/sys/fs/cgroup/cpu,cpuacct', 'cpu.stat']] as const)('%s: smallest quota above the process and the share of its periods that ran out', (name, cpus, group, file) => {
    using(trees[name], (sensors, tree) => {
      const first = sensors.read(0);
      expect(values(first, 'cpu-quota')).toEqual([cpus]);
      expect(first.find(({ quantity }) => quantity === 'cpu-quota')!.source).toBe(group);
      expect(values(first, 'quota-throttled')).toEqual([]);
      const [periods, throttled] = name === 'cgroupV2' ? [120, 15] : [60, 9];
      tree.write({ [`${group.slice(1)}/${file}`]: `nr_periods ${periods}\nnr_throttled ${throttled}\n` });
      expect(values(sensors.read(1), 'quota-throttled')).toEqual([0.25]);
    });
  });

  it('a quota that changes is known at the next poll, whichever group it is of', () => {
    using({ ...trees.cgroupV2, 'sys/fs/cgroup/system.slice/cpu.max': 'max 100000\n', 'sys/fs/cgroup/system.slice/camera.service/cpu.max': 'max 100000\n' }, (sensors, tree) => {
      const quota = (now: number, group: string, text: string): unknown[] => {
        tree.write({ [`sys/fs/cgroup/system.slice/${group}cpu.max`]: `${text}\n` });
        return sensors.read(now).filter(({ quantity }) => quantity === 'cpu-quota').map(({ value, source, age }) => [value, source, age]);
      };
      expect(quota(0, '', 'max 100000')).toEqual([]);
      expect(quota(1, 'camera.service/', '50000 100000')).toEqual([[0.5, '/sys/fs/cgroup/system.slice/camera.service', 0]]);
      expect(quota(2, '', '25000 100000')).toEqual([[0.25, '/sys/fs/cgroup/system.slice', 0]]);
      expect(values(sensors.read(3), 'quota-throttled')).toEqual([0]);
      expect(quota(4, '', 'max 100000')).toEqual([[0.5, '/sys/fs/cgroup/system.slice/camera.service', 0]]);
    });
  });

  it('INA260 as an industrial I/O device; which of two supplies the board is unknown', () => {
    const device = (number: number): Files => ({
      [`sys/bus/iio/devices/iio:device${number}/name`]: 'ina260\n',
      [`sys/bus/iio/devices/iio:device${number}/in_power2_raw`]: '425\n',
      [`sys/bus/iio/devices/iio:device${number}/in_power2_scale`]: '10.000000\n',
    });
    using(device(0), (sensors) => expect([values(sensors.read(0), 'board-power'), trustOf(sensors.read(0), 'board-power')]).toEqual([[4.25], 0.9]));
    using({ ...device(0), ...device(1) }, (sensors) => expect(trustOf(sensors.read(0), 'board-power')).toBe(0.4));
  });

  it('gives each quantity the unit of its kind and only quantities that it names', () => {
    for (const files of Object.values(trees)) {
      using(files, (sensors) => {
        for (const { quantity, unit, source, age, trust } of sensors.read(0)) {
          expect(sensors.quantities).toContain(quantity);
          expect([unit, source.length > 0, age >= 0, trust > 0 && trust <= 1]).toEqual([UNITS[quantity], true, true, true]);
        }
      });
    }
  });

  it('polls only what it has found: no file is opened, and the readings are the same objects', () => {
    using(trees.piZero2W, (sensors) => {
      const first = [...sensors.read(0)];
      const spies = (['openSync', 'readdirSync', 'statSync', 'readFileSync'] as const).map((name) => vi.spyOn(nodeFs, name));
      const reads = vi.spyOn(nodeFs, 'readSync');
      for (let now = 10; now < 110; now += 10) sensors.read(now);
      expect(spies.map((spy) => spy.mock.calls.length)).toEqual([0, 0, 0, 0]);
      // One temperature, one word of flags, two clocks.
      expect(reads.mock.calls.length).toBe(10 * 4);
      expect(sensors.read(110).every((reading, index) => reading === first[index])).toBe(true);
      vi.restoreAllMocks();
    });
  });

  it('opens and calls nothing once it is closed', () => {
    using tree = new Tree({ ...trees.piZero2W, ...trees.x86 });
    const battery = vi.fn(() => ({ charge: 0.5 }));
    const sensors = openSensors({ root: tree.root, clock, battery });
    sensors.read(0);
    sensors.close();
    const opened = vi.spyOn(nodeFs, 'openSync');
    expect([sensors.read(1000), sensors.gaps(), opened.mock.calls.length, battery.mock.calls.length]).toEqual([[], [], 0, 1]);
    vi.restoreAllMocks();
  });

  it('has sensors of different names, each in the registry once', () => {
    expect(new Set(sensorKinds.map(({ name }) => name)).size).toBe(sensorKinds.length);
    expect(Object.isFrozen(sensorKinds)).toBe(true);
  });

  it('nothing at all gives the processor time and what would help', () => {
    using({}, (sensors) => {
      expect(sensors.read(0).map(({ quantity }) => quantity)).toEqual(['cpu-time']);
      expect(sensors.gaps().map(({ what }) => what)).toEqual(['thermal zones', 'processor clocks', 'battery state', 'CPU pressure']);
    });
  });
});

function supply(name: string, files: Readonly<Record<string, string | number>>): Files {
  return Object.fromEntries(Object.entries(files).map(([file, text]) => [`sys/class/power_supply/${name}/${file}`, `${text}\n`]));
}

describe('several power supplies', () => {
  const small = { type: 'Battery', status: 'Discharging', capacity: 10, voltage_now: 11.4e6, energy_now: 2e6, energy_full: 20e6, power_now: 3e6 };
  const large = { type: 'Battery', status: 'Not charging', capacity: 90, voltage_now: 12e6, energy_now: 54e6, energy_full: 60e6, power_now: 0 };

  it('batteries are one: charge by what each holds, energy and power together, the source names all', () => {
    using({ ...supply('BAT0', small), ...supply('BAT1', large), ...supply('BAT2', { type: 'Battery', present: 0, status: 'Unknown', capacity: 0 }) }, (sensors, tree) => {
      const readings = sensors.read(0);
      expect(values(readings, 'battery-charge')).toEqual([(0.1 * 20 + 0.9 * 60) / 80]);
      expect(values(readings, 'battery-energy')[0]).toBeCloseTo(56 * 3600, 6);
      expect([values(readings, 'battery-energy').length, values(readings, 'battery-power'), values(readings, 'supply-voltage')]).toEqual([1, [-3], [11.4]]);
      expect(readings.find(({ quantity }) => quantity === 'battery-charge')!.source)
        .toBe('/sys/class/power_supply/BAT0/capacity + /sys/class/power_supply/BAT1/capacity');
      expect(sensors.read(5).find(({ quantity }) => quantity === 'battery-charge')).toBe(readings.find(({ quantity }) => quantity === 'battery-charge'));
      tree.write(supply('BAT1', { status: 'Unknown', power_now: 4e6 }));
      expect(values(sensors.read(10), 'battery-power')).toEqual([]);
    });
  });

  it('batteries that do not tell what they hold count alike, one without a capacity by its energy', () => {
    using({ ...supply('a', { type: 'Battery', capacity: 20 }), ...supply('b', { type: 'Battery', capacity: 60 }) }, (sensors) => {
      expect(values(sensors.read(0), 'battery-charge')).toEqual([0.4]);
    });
    using(supply('a', { type: 'Battery', charge_now: 1e6, charge_full: 4e6, voltage_now: 4e6 }), (sensors) => {
      expect(values(sensors.read(0), 'battery-charge')).toEqual([0.25]);
    });
  });

  it('one that is taken out no longer counts', () => {
    using({ ...supply('BAT0', small), ...supply('BAT1', large) }, (sensors, tree) => {
      sensors.read(0);
      tree.remove('sys/class/power_supply/BAT1');
      expect(values(sensors.read(300), 'battery-charge')).toEqual([0.1]);
    });
  });

  it.each([[[0, 1, 0], 1], [[0, 0], 0], [[0, 2], 1], [[1, 'n/a'], 1]])('mains whose online is %j: %d', (online, present) => {
    const files = Object.assign({}, ...online.map((value, at) => supply(`usb${at}`, { type: at === 0 ? 'Mains' : 'USB', online: value }))) as Files;
    using(files, (sensors) => {
      expect([values(sensors.read(0), 'mains-present'), trustOf(sensors.read(0), 'mains-present')]).toEqual([[present], 0.8]);
    });
  });
});

describe('options', () => {
  it.each([
    [{ x: 1 }, "openSensors: option 'x': unknown; allowed are root, clock, battery, kinds"],
    [{ battery: 0.5 }, "openSensors: option 'battery': must be a function"],
    [{ kinds: 'cpu' }, "openSensors: option 'kinds': must be a list of kinds of sensors, such as some of sensorKinds"],
    [{ kinds: ['thermal'] }, "openSensors: option 'kinds': must be a list of kinds of sensors, such as some of sensorKinds"],
    [{ kinds: [null] }, "openSensors: option 'kinds': must be a list of kinds of sensors, such as some of sensorKinds"],
  ])('refuses %j', (options, message) => expect(() => openSensors(options as never)).toThrow(new OptionError('invalid-option', message)));
});

describe('what would give more', () => {
  it('names the group, the overlay and the udev rule', () => {
    using({ ...trees.piUpstream, 'dev/i2c-1': '' }, (sensors) => {
      const gaps = sensors.gaps();
      expect(gaps.find(({ what }) => what === 'throttle flags')?.how).toBe('sudo apt install raspi-utils');
      expect(gaps.find(({ what }) => what === 'a power sensor')?.how).toMatch(/echo ina219 0x40 \| sudo tee \/sys\/bus\/i2c\/devices\/i2c-1\/new_device/);
      expect(gaps.find(({ what }) => what === 'CPU pressure')?.how).toMatch(/psi=1/);
    });
    expect(raplGap('EACCES')).toMatchObject({ why: expect.stringMatching(/root since Linux 5\.10/), how: expect.stringMatching(/^udev rule: /) });
  });

  it('a Raspberry Pi without an I2C bus: what switches it on', () => {
    const how = (files: Files): unknown => {
      using tree = new Tree(files);
      return openSensors({ root: tree.root, clock }).gaps().find(({ what }) => what === 'a power sensor')?.how;
    };
    expect(how(trees.piUpstream)).toMatch(/dtparam=i2c_arm=on/);
    expect(how({ ...trees.piUpstream, 'sys/bus/i2c/devices/i2c-1/name': 'bcm2835 (i2c@7e804000)\n' })).toMatch(/^if one is connected: echo ina219/);
    expect(how(trees.orangePiZero3)).toBeUndefined();
  });

  it('an INA219 whose shunt is the driver\'s default may be wrong by ten, its voltage not', () => {
    const shunt = (microohms: number): Files => ({ ...trees.pi4B, 'sys/class/hwmon/hwmon2/shunt_resistor': `${microohms}\n` });
    using(shunt(10_000), (sensors) => {
      const readings = sensors.read(0);
      expect(['board-power', 'supply-current', 'supply-voltage'].map((quantity) => trustOf(readings, quantity as Quantity))).toEqual([0.4, 0.4, 0.9]);
      expect(sensors.gaps().find(({ what }) => what === 'the shunt of ina219')?.how).toMatch(/echo 100000 \| sudo tee \/sys\/class\/hwmon\/hwmon2\/shunt_resistor$/);
    });
    using(shunt(100_000), (sensors) => {
      const power = sensors.read(0).find(({ quantity }) => quantity === 'board-power')!;
      expect([power.trust, power.source]).toEqual([0.9, '/sys/class/hwmon/hwmon2/power1_input (ina219, shunt 100000 µΩ)']);
      expect(sensors.gaps().map(({ what }) => what)).not.toContain('the shunt of ina219');
    });
  });

  it('says that the group video opens /dev/vcio, in a container an option', () => {
    expect(vcioGaps('EACCES', undefined)).toMatchObject([{ what: 'throttle flags', how: expect.stringMatching(/usermod -aG video/) }]);
    expect(vcioGaps('EPERM', undefined)).toMatchObject([{ what: 'throttle flags', how: expect.stringMatching(/--device \/dev\/vcio/) }]);
    expect(vcioGaps(undefined, undefined)).toEqual([]);
  });
});

describe('vcgencmd', () => {
  it('is asked in the background at most every 5 s; answers age', async () => {
    using tree = new Tree({ ...trees.piUpstream, 'usr/bin/vcgencmd': '#!/bin/sh\necho x >> "$(dirname "$0")/calls"\necho throttled=0x4\n' });
    chmodSync(join(tree.root, 'usr/bin/vcgencmd'), 0o755);
    const sensors = openSensors({ root: tree.root, clock });
    expect([values(sensors.read(0), 'throttled'), values(sensors.read(0), 'under-voltage')]).toEqual([[], [0]]);
    await sensors.settled?.();
    const second = sensors.read(4);
    expect([values(second, 'throttled'), second.find(({ quantity }) => quantity === 'throttled')!.age]).toEqual([[1], 4]);
    expect(values(sensors.read(20), 'throttled')).toEqual([1]);
    expect(trustOf(sensors.read(20), 'throttled')).toBeCloseTo(0.9 / 4, 9);
    expect(values(sensors.read(40), 'throttled')).toEqual([]);
    await sensors.settled?.();
    sensors.close();
  });

  it('that fails says why, and is started ever less often', async () => {
    const script = '#!/bin/sh\necho x >> "$(dirname "$0")/calls"\necho "failed to open /dev/vcio" >&2\nexit 1\n';
    using tree = new Tree({ ...trees.piUpstream, 'usr/bin/vcgencmd': script });
    chmodSync(join(tree.root, 'usr/bin/vcgencmd'), 0o755);
    const sensors = openSensors({ root: tree.root, clock });
    for (let now = 0; now <= 70; now += 5) {
      sensors.read(now);
      await sensors.settled?.();
    }
    // At 0, 10, 30 and 70 s.
    expect(readFileSync(join(tree.root, 'usr/bin/calls'), 'utf8')).toBe('x\n'.repeat(4));
    const gap = (): unknown => sensors.gaps().find(({ what }) => what === 'throttle flags');
    expect(gap()).toMatchObject({ why: 'there is no /dev/vcio: failed to open /dev/vcio', how: 'start the container with --device /dev/vcio' });
    tree.write({ 'dev/vcio': '' });
    expect(gap()).toMatchObject({ why: 'vcgencmd get_throttled fails: failed to open /dev/vcio' });
    sensors.close();
  });

  it.each(['echo nonsense', 'exit 255', 'head -c 100000 /dev/zero'])('gives no flags on `%s`', async (script) => {
    using tree = new Tree({ ...trees.piUpstream, 'usr/bin/vcgencmd': `#!/bin/sh\n${script}\n` });
    chmodSync(join(tree.root, 'usr/bin/vcgencmd'), 0o755);
    const sensors = openSensors({ root: tree.root, clock });
    sensors.read(0);
    await sensors.settled?.();
    expect(values(sensors.read(1), 'throttled')).toEqual([]);
    sensors.close();
  });
});
