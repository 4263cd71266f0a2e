import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { DeviceError } from '../core/errors.ts';

/** Characters of the program's messages kept for the error. */
const MAX_MESSAGES = 500;
/** Milliseconds that a program is given to end: of itself, when asked and when killed. */
const GRACE_MS = 1000;

/** Runs a callback after `ms` milliseconds unless stopped, but not before what waited to be read while the event loop was busy was read. */
function watchdog(ms: number, bark: () => void): () => void {
  let soon: NodeJS.Immediate | undefined;
  const timer = setTimeout(() => { soon = setImmediate(bark); }, ms);
  return () => {
    clearTimeout(timer);
    if (soon) clearImmediate(soon);
  };
}

/** Whether something happens in time. */
async function within(ms: number, happened: Promise<void>): Promise<boolean> {
  const cancel = new AbortController();
  const late = delay(ms, false, { signal: cancel.signal }).catch(() => false);
  const inTime = await Promise.race([happened.then(() => true), late]);
  cancel.abort();
  return inTime;
}

/** A program whose standard output is sound, such as `arecord`. */
export class Recorder {
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  readonly #exited: Promise<void>;
  readonly #closed: Promise<void>;
  #end = '';
  #messages = '';
  #overrun = false;

  private constructor(child: ChildProcessByStdio<null, Readable, Readable>) {
    this.#child = child;
    this.#exited = new Promise((resolve) => {
      child.once('exit', (code, killedBy) => {
        this.#end ||= `ended with ${killedBy ?? `code ${code}`}`;
        resolve();
      });
    });
    this.#closed = new Promise((resolve) => { child.once('close', () => resolve()); });
    child.on('error', (error) => { this.#end ||= error.message; });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#messages = (this.#messages + text).slice(-MAX_MESSAGES);
      // alsa-utils, aplay.c, xrun(): the device was read too late.
      this.#overrun ||= /overrun/i.test(text);
    });
  }

  /** @throws DeviceError when the program cannot be started */
  static async start(command: string, args: readonly string[]): Promise<Recorder> {
    try {
      const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, LC_ALL: 'C' } });
      await once(child, 'spawn');
      return new Recorder(child);
    } catch (cause) {
      const { code, message } = cause as NodeJS.ErrnoException;
      throw new DeviceError('arecord-missing', `AlsaSource: '${command}' cannot be started (${code ?? message}); install ALSA's tools ` +
        '(Debian and Raspberry Pi OS: apt install alsa-utils), or give another recorder\'s output to PcmSource', { cause });
    }
  }

  /** Whether the program said, since this was asked last, that sound was lost. */
  takeOverrun(): boolean {
    const overrun = this.#overrun;
    this.#overrun = false;
    return overrun;
  }

  /** Its sound until it ends, is cut or gives none for `stallMs` milliseconds while it is asked for. */
  async *sound(stallMs: number): AsyncGenerator<Uint8Array> {
    const watch = (): (() => void) => watchdog(stallMs, () => this.cut(`no sound for ${stallMs} ms`));
    let stop = watch();
    try {
      for await (const bytes of this.#child.stdout.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>) {
        stop();
        yield bytes;
        stop = watch();
      }
    } catch (error) {
      this.#end ||= (error as Error).message;
    } finally {
      stop();
    }
  }

  /** Ends its sound at once, whatever the program and what it started do. */
  cut(reason: string): void {
    this.#end ||= reason;
    this.#child.kill();
    this.#child.stdout.destroy();
  }

  /** Why its sound ended, and what it said. */
  async reason(): Promise<string> {
    if (this.#end === '') await within(GRACE_MS, this.#closed);
    return [this.#end, this.#messages.trim().replaceAll(/\s+/g, ' ')].filter(Boolean).join(': ');
  }

  /** Stops the program, by force where it does not end when asked. */
  async stop(): Promise<void> {
    const child = this.#child;
    child.kill();
    child.stdout.destroy();
    child.stderr.destroy();
    if (await within(GRACE_MS, this.#exited)) return;
    child.kill('SIGKILL');
    if (!(await within(GRACE_MS, this.#exited))) child.unref();
  }
}
