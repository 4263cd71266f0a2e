import { join } from 'node:path';
import type { Quantity } from '../../sdk/power/types.ts';
import { isRaspberryPi } from '../device-tree.ts';
import { hwmons } from './hwmon.ts';
import { fileProbe, openProbes, sample } from './probe.ts';
import type { Probe, Samples } from './probe.ts';
import { failureOf, listNames, loadedNumber, TextFile } from './text-file.ts';
import type { Clock, Gap, OpenSensor, SensorKind } from './types.ts';

const quantities: readonly Quantity[] = ['under-voltage', 'clock-capped', 'throttled', 'soft-limited'];

/** Seconds between two runs of vcgencmd (a process each: more often it disturbs audio, zynthian-ui#412), and for which an answer counts. */
const VCGENCMD_SECONDS = 5;
const VCGENCMD_STALE_SECONDS = 30;
const VCGENCMD_TIMEOUT_MS = 2000;
/** The driver renews its copy of the flags this often (raspberrypi-hwmon.c). */
const DRIVER_SECONDS = 2;

/** The four flags of GET_THROTTLED, bits 0 to 3 (Raspberry Pi documentation, vcgencmd). */
class Flags {
  readonly #readings;

  constructor(source: string) {
    this.#readings = quantities.map((quantity) => sample(quantity, 'flag', source, 0.9));
  }

  put(bits: number, age: number, to: Samples): void {
    if (!(bits >= 0 && bits < 2 ** 32)) return;
    for (let bit = 0; bit < this.#readings.length; bit++) to.put(this.#readings[bit]!, (bits >>> bit) & 1, age);
  }
}

/** The flags in sysfs. The parent node differs between models. */
function flagFiles(root: string): string[] {
  const platform = 'sys/devices/platform';
  return ['', ...listNames(join(root, platform), /^soc/)].flatMap((parent) => {
    const folder = parent === '' ? platform : `${platform}/${parent}`;
    return listNames(join(root, folder), /:firmware$/).map((node) => `${folder}/${node}/get_throttled`);
  });
}

function flagProbes(root: string): Probe[] {
  for (const path of flagFiles(root)) {
    const file = TextFile.open(join(root, path));
    if (file === undefined) continue;
    const flags = new Flags(`/${path}`);
    return [{
      path: file.path,
      poll: (_now, to) => {
        const readable = file.load();
        if (readable) flags.put(loadedNumber(16), DRIVER_SECONDS / 2, to);
        return readable;
      },
      close: () => file.close(),
    }];
  }
  return [];
}

/** Asks the firmware through vcgencmd in the background; `poll` gives the last answer and its age. */
class Vcgencmd implements Probe {
  readonly path: string;
  readonly #clock: Clock;
  readonly #flags = new Flags('vcgencmd get_throttled');
  #asked = -Infinity;
  #answered = -Infinity;
  #bits = NaN;
  #running = false;
  readonly #waiting: (() => void)[] = [];

  constructor(path: string, clock: Clock) {
    this.path = path;
    this.#clock = clock;
  }

  poll(now: number, to: Samples): boolean {
    if (!this.#running && now - this.#asked >= VCGENCMD_SECONDS) this.#ask(now);
    const age = Math.max(0, now - this.#answered);
    if (age <= VCGENCMD_STALE_SECONDS) this.#flags.put(this.#bits, age, to);
    return true;
  }

  #ask(now: number): void {
    this.#asked = now;
    this.#running = true;
    const asked = this.#clock();
    try {
      process.getBuiltinModule('node:child_process').execFile(this.path, ['get_throttled'], { timeout: VCGENCMD_TIMEOUT_MS, maxBuffer: 4096 }, (error, stdout) => {
        const digits = error === null ? /^throttled=0x([0-9a-fA-F]{1,8})\s*$/.exec(stdout)?.[1] : undefined;
        this.#bits = digits === undefined ? NaN : parseInt(digits, 16);
        this.#answered = now + this.#clock() - asked;
        this.#done();
      });
    } catch {
      this.#done();
    }
  }

  #done(): void {
    this.#running = false;
    this.#waiting.splice(0).forEach((resolve) => resolve());
  }

  settled(): Promise<void> {
    return this.#running ? new Promise((resolve) => void this.#waiting.push(resolve)) : Promise.resolve();
  }

  close(): void { /* it outlives the looks for devices, and a running process ends by its time limit */ }
}

function vcgencmdPath(root: string): string | undefined {
  return ['usr/bin/vcgencmd', 'opt/vc/bin/vcgencmd'].map((path) => join(root, path)).find((path) => failureOf(path) === undefined);
}

function gaps(root: string): Gap[] {
  if (!isRaspberryPi(root) || flagFiles(root).some((path) => failureOf(join(root, path)) === undefined)) return [];
  const closed = failureOf(join(root, 'dev/vcio'));
  if (vcgencmdPath(root) === undefined) {
    return [{ what: 'throttle flags', why: 'this kernel has no get_throttled file and vcgencmd is not installed', how: 'sudo apt install raspi-utils' }];
  }
  return vcioGaps(closed);
}

/** What is missing when opening /dev/vcio fails with `code`. */
export function vcioGaps(code: string | undefined): Gap[] {
  if (code !== 'EACCES' && code !== 'EPERM') return [];
  return [{ what: 'throttle flags', why: 'vcgencmd may not open /dev/vcio', how: 'sudo usermod -aG video $USER, then log in again' }];
}

/** Throttling, clock capping and low voltage of Raspberry Pis: from sysfs, else low voltage from hwmon and all flags from vcgencmd at most every 5 s. */
export const rpiThrottle: SensorKind = Object.freeze({
  name: 'rpi-throttle',
  quantities,
  period: 0.5,
  open: (root: string, clock: Clock): OpenSensor => {
    let vcgencmd: Vcgencmd | undefined;
    const find = (): Probe[] => {
      const flags = flagProbes(root);
      if (flags.length > 0) return flags;
      const path = isRaspberryPi(root) ? vcgencmdPath(root) : undefined;
      if (path !== undefined) vcgencmd ??= new Vcgencmd(path, clock);
      const alarms = hwmons(root).filter(({ name }) => name === 'rpi_volt').flatMap(({ folder }) => fileProbe(
        join(root, folder, 'in0_lcrit_alarm'), `/${folder}/in0_lcrit_alarm (rpi_volt)`, 'under-voltage', 'flag', 1, 0.9,
      ));
      return path === undefined || vcgencmd === undefined ? alarms : [...alarms, vcgencmd];
    };
    return { ...openProbes('rpi-throttle', quantities, clock, find, () => gaps(root)), settled: async () => vcgencmd?.settled() };
  },
});
