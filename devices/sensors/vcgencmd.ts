import type { ExecFileException } from 'node:child_process';
import type { Quantity } from '../../sdk/power/types.ts';
import { sample } from './probe.ts';
import type { Probe, Samples } from './probe.ts';
import type { Clock } from './types.ts';

export const throttleQuantities: readonly Quantity[] = ['under-voltage', 'clock-capped', 'throttled', 'soft-limited'];

/** Seconds between two runs of vcgencmd (a process each: more often it disturbs audio, zynthian-ui#412), at most while it fails, and for which an answer counts. */
const VCGENCMD_SECONDS = 5;
const VCGENCMD_MAX_SECONDS = 300;
const VCGENCMD_STALE_SECONDS = 30;
const VCGENCMD_TIMEOUT_MS = 2000;
/** Of a failure, for people. */
const MAX_FAILURE_LENGTH = 200;

/** The four flags of GET_THROTTLED, bits 0 to 3 (Raspberry Pi documentation, vcgencmd). */
export class Flags {
  readonly #readings;

  constructor(source: string) {
    this.#readings = throttleQuantities.map((quantity) => sample(quantity, 'flag', source, 0.9));
  }

  put(bits: number, age: number, to: Samples): void {
    if (!(bits >= 0 && bits < 2 ** 32)) return;
    for (let bit = 0; bit < this.#readings.length; bit++) to.put(this.#readings[bit]!, (bits >>> bit) & 1, age);
  }
}

/** What a run that gave no flags says of itself, one line of it. */
function failureText(error: ExecFileException | null, stdout: string, stderr: string): string {
  if (error?.killed === true) return `no answer within ${VCGENCMD_TIMEOUT_MS / 1000} s`;
  const [line = ''] = `${stderr.trim()}\n${stdout.trim()}`.trim().split('\n');
  return line === '' ? error?.message ?? 'it says nothing' : line.slice(0, MAX_FAILURE_LENGTH);
}

/** Asks the firmware through vcgencmd in the background; `poll` gives the last answer and its age. One that fails is asked ever less often. */
export class Vcgencmd implements Probe {
  readonly path: string;
  readonly #clock: Clock;
  readonly #flags = new Flags('vcgencmd get_throttled');
  #asked = -Infinity;
  #answered = -Infinity;
  #bits = NaN;
  #running = false;
  #wait = VCGENCMD_SECONDS;
  #failure: string | undefined;
  readonly #waiting: (() => void)[] = [];

  constructor(path: string, clock: Clock) {
    this.path = path;
    this.#clock = clock;
  }

  poll(now: number, to: Samples): boolean {
    if (!this.#running && now - this.#asked >= this.#wait) this.#ask(now);
    const age = Math.max(0, now - this.#answered);
    if (age <= VCGENCMD_STALE_SECONDS) this.#flags.put(this.#bits, age, to);
    return true;
  }

  #ask(now: number): void {
    this.#asked = now;
    this.#running = true;
    const asked = this.#clock();
    try {
      process.getBuiltinModule('node:child_process').execFile(this.path, ['get_throttled'], { timeout: VCGENCMD_TIMEOUT_MS, maxBuffer: 4096 }, (error, stdout, stderr) => {
        const digits = error === null ? /^throttled=0x([0-9a-fA-F]{1,8})\s*$/.exec(stdout)?.[1] : undefined;
        this.#bits = digits === undefined ? NaN : parseInt(digits, 16);
        this.#answered = now + this.#clock() - asked;
        this.#done(digits === undefined ? failureText(error, stdout, stderr) : undefined);
      });
    } catch (error) {
      this.#done(String(error));
    }
  }

  /** Why the last run gave no flags. */
  get failure(): string | undefined {
    return this.#failure;
  }

  #done(failure: string | undefined): void {
    this.#running = false;
    this.#wait = failure === undefined ? VCGENCMD_SECONDS : Math.min(2 * this.#wait, VCGENCMD_MAX_SECONDS);
    this.#failure = failure;
    this.#waiting.splice(0).forEach((resolve) => resolve());
  }

  settled(): Promise<void> {
    return this.#running ? new Promise((resolve) => void this.#waiting.push(resolve)) : Promise.resolve();
  }

  close(): void { /* it outlives the looks for devices, and a running process ends by its time limit */ }
}
