import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Path -> content. */
export type Files = Readonly<Record<string, string>>;

/** A copy of parts of sysfs and procfs in a temporary folder. */
export class Tree {
  readonly root = mkdtempSync(join(tmpdir(), 'halfbyte-tree-'));

  constructor(files: Files = {}) {
    this.write(files);
  }

  write(files: Files): void {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.root, path)), { recursive: true });
      writeFileSync(join(this.root, path), text);
    }
  }

  remove(path: string): void {
    rmSync(join(this.root, path), { recursive: true, force: true });
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

const policy = (number: number, now: number, most: number): Files => ({
  [`sys/devices/system/cpu/cpufreq/policy${number}/scaling_cur_freq`]: `${now}\n`,
  [`sys/devices/system/cpu/cpufreq/policy${number}/scaling_max_freq`]: `${most}\n`,
});

const zone = (number: number, type: string, temp: number): Files => ({
  [`sys/class/thermal/thermal_zone${number}/type`]: `${type}\n`,
  [`sys/class/thermal/thermal_zone${number}/temp`]: `${temp}\n`,
});

const deviceTree = (model: string, ...compatible: readonly string[]): Files => ({
  'proc/device-tree/model': `${model}\0`,
  'proc/device-tree/compatible': compatible.map((name) => `${name}\0`).join(''),
});

/** Trees as the named boards show them: names, nodes and units of the kernel's documentation and drivers. */
export const trees = {
  piZero2W: {
    ...deviceTree('Raspberry Pi Zero 2 W Rev 1.0', 'raspberrypi,model-zero-2-w', 'brcm,bcm2837'),
    ...zone(0, 'cpu-thermal', 47236),
    ...policy(0, 1000000, 1000000),
    'sys/class/hwmon/hwmon0/name': 'cpu_thermal\n',
    'sys/class/hwmon/hwmon0/temp1_input': '47236\n',
    'sys/class/hwmon/hwmon1/name': 'rpi_volt\n',
    'sys/class/hwmon/hwmon1/in0_lcrit_alarm': '0\n',
    'sys/devices/platform/soc/soc:firmware/get_throttled': '0\n',
  },
  /** A kernel without get_throttled. */
  piUpstream: {
    ...deviceTree('Raspberry Pi Zero 2 W Rev 1.0', 'raspberrypi,model-zero-2-w', 'brcm,bcm2837'),
    ...zone(0, 'cpu-thermal', 47236),
    'sys/class/hwmon/hwmon1/name': 'rpi_volt\n',
    'sys/class/hwmon/hwmon1/in0_lcrit_alarm': '0\n',
  },
  pi4B: {
    ...deviceTree('Raspberry Pi 4 Model B Rev 1.4', 'raspberrypi,4-model-b', 'brcm,bcm2711'),
    ...zone(0, 'cpu-thermal', 81790),
    ...policy(0, 1800000, 1800000),
    'sys/devices/platform/soc/soc:firmware/get_throttled': '50005\n',
    'sys/class/hwmon/hwmon2/name': 'ina219\n',
    'sys/class/hwmon/hwmon2/in1_input': '5112\n',
    'sys/class/hwmon/hwmon2/curr1_input': '812\n',
    'sys/class/hwmon/hwmon2/power1_input': '4150000\n',
    'dev/i2c-1': '',
  },
  pi5: {
    ...deviceTree('Raspberry Pi 5 Model B Rev 1.0', 'raspberrypi,5-model-b', 'brcm,bcm2712'),
    ...zone(0, 'cpu-thermal', 58350),
    ...policy(0, 2400000, 2400000),
    'sys/class/hwmon/hwmon0/name': 'cpu_thermal\n',
    'sys/class/hwmon/hwmon0/temp1_input': '58350\n',
    'sys/class/hwmon/hwmon1/name': 'rp1_adc\n',
    'sys/class/hwmon/hwmon1/temp1_input': '51213\n',
    'sys/class/hwmon/hwmon3/name': 'rpi_volt\n',
    'sys/class/hwmon/hwmon3/in0_lcrit_alarm': '1\n',
    'sys/devices/platform/soc@107c000000/soc@107c000000:firmware/get_throttled': '0x80008\n',
  },
  orangePiZero3: {
    ...deviceTree('OrangePi Zero3', 'xunlong,orangepi-zero3', 'allwinner,sun50i-h618'),
    ...zone(0, 'gpu-thermal', 61000),
    ...zone(1, 'ddr-thermal', 60000),
    ...zone(2, 'cpu-thermal', 74000),
    ...policy(0, 1008000, 1512000),
    'sys/class/thermal/cooling_device0/type': 'cpufreq-cpu0\n',
    'sys/class/thermal/cooling_device0/cur_state': '4\n',
    'sys/class/thermal/cooling_device1/type': 'gpu-devfreq\n',
    'sys/class/thermal/cooling_device1/cur_state': '0\n',
  },
  x86: {
    ...zone(0, 'acpitz', 27800),
    ...zone(1, 'x86_pkg_temp', 45000),
    ...policy(0, 800000, 4200000),
    ...policy(1, 900000, 4200000),
    'sys/class/hwmon/hwmon4/name': 'coretemp\n',
    'sys/class/hwmon/hwmon4/temp1_input': '46000\n',
    'sys/class/hwmon/hwmon0/name': 'nvme\n',
    'sys/class/hwmon/hwmon0/temp1_input': '38850\n',
    'sys/class/powercap/intel-rapl:0/name': 'package-0\n',
    'sys/class/powercap/intel-rapl:0/energy_uj': '262143000000\n',
    'sys/class/powercap/intel-rapl:0/max_energy_range_uj': '262143328850\n',
    'sys/class/powercap/intel-rapl:0:0/energy_uj': '1\n',
    'sys/class/power_supply/BAT0/type': 'Battery\n',
    'sys/class/power_supply/BAT0/status': 'Discharging\n',
    'sys/class/power_supply/BAT0/capacity': '63\n',
    'sys/class/power_supply/BAT0/voltage_now': '11400000\n',
    'sys/class/power_supply/BAT0/energy_now': '31500000\n',
    'sys/class/power_supply/BAT0/power_now': '7600000\n',
    'sys/class/power_supply/AC/type': 'Mains\n',
    'sys/class/power_supply/AC/online': '0\n',
    'sys/class/power_supply/hidpp_battery_0/type': 'Battery\n',
    'sys/class/power_supply/hidpp_battery_0/scope': 'Device\n',
    'sys/class/power_supply/hidpp_battery_0/capacity': '5\n',
    'proc/pressure/cpu': 'some avg10=12.50 avg60=2.43 avg300=10.19 total=9936295875\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n',
  },
  cgroupV2: {
    'proc/self/cgroup': '0::/system.slice/camera.service\n',
    'sys/fs/cgroup/cpu.stat': 'usage_usec 1\n',
    'sys/fs/cgroup/system.slice/cpu.max': '300000 100000\n',
    'sys/fs/cgroup/system.slice/cpu.stat': 'usage_usec 9\nnr_periods 7\nnr_throttled 0\n',
    'sys/fs/cgroup/system.slice/camera.service/cpu.max': '150000 100000\n',
    'sys/fs/cgroup/system.slice/camera.service/cpu.stat': 'usage_usec 5\nnr_periods 100\nnr_throttled 10\nthrottled_usec 77\n',
  },
  cgroupV1: {
    'proc/self/cgroup': '5:memory:/docker/0123\n3:cpu,cpuacct:/docker/0123\n',
    'sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us': '50000\n',
    'sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us': '100000\n',
    'sys/fs/cgroup/cpu,cpuacct/cpu.stat': 'nr_periods 40\nnr_throttled 4\nthrottled_time 12\n',
  },
} satisfies Record<string, Files>;
