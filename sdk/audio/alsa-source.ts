import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import * as v from 'valibot';
import { DeviceError } from '../core/errors.ts';
import { parseOptions } from '../core/options.ts';
import { PcmSource } from './pcm-source.ts';
import type { AudioChunk, AudioSource } from './types.ts';

const milliseconds = (least: number) => v.pipe(v.number(), v.minValue(least), v.maxValue(600_000));

const schema = v.strictObject({
  /** ALSA device, as listed by `arecord -L`; `plughw:1,0` converts rate and channels of card 1. */
  device: v.optional(v.pipe(v.string(), v.minLength(1), v.regex(/^[^-\0][^\0]*$/, 'must be the name of an ALSA device')), 'default'),
  /** Samples a second. */
  sampleRate: v.optional(v.pipe(v.number(), v.integer(), v.minValue(2000), v.maxValue(192_000)), 16_000),
  /** Channels to record, averaged to mono. */
  channels: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(32)), 1),
  /** Samples of one chunk. */
  chunkSamples: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(2 ** 20)), 320),
  /** Starts in a row without sound before it is an error. */
  attempts: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000)), 5),
  /** Wait before arecord is started again, doubled for each start in a row without sound, up to 30 s. */
  backoffMs: v.optional(milliseconds(0), 200),
  /** Time without sound after which the recorder is started again. */
  stallMs: v.optional(milliseconds(1), 5000),
  /** Program to run. */
  command: v.optional(v.pipe(v.string(), v.minLength(1)), 'arecord'),
  signal: v.optional(v.instance(AbortSignal)),
});

export type AlsaSourceOptions = v.InferInput<typeof schema>;

const MAX_BACKOFF_MS = 30_000;
/** Characters of arecord's messages kept for the error. */
const MAX_MESSAGES = 500;

type Recorder = ChildProcessByStdio<null, Readable, Readable>;

/** How one run of arecord went. */
interface Ended {
  readonly heard: boolean;
  readonly reason: string;
}

/** A microphone by ALSA's `arecord`. It is started again when it ends or hangs; the first chunk after that has `gap` set. */
export class AlsaSource implements AudioSource {
  readonly sampleRate: number;
  readonly #options: v.InferOutput<typeof schema>;

  /** @throws OptionError for wrong options */
  constructor(options: AlsaSourceOptions = {}) {
    this.#options = parseOptions(schema, options, 'AlsaSource');
    this.sampleRate = this.#options.sampleRate;
  }

  /** Records until the loop is left. @throws DeviceError when arecord is missing or gives no sound; the signal's reason when aborted */
  async *[Symbol.asyncIterator](): AsyncGenerator<AudioChunk> {
    const { attempts, backoffMs, device, signal } = this.#options;
    let failures = 0;
    for (let gap = false; ; gap = true) {
      signal?.throwIfAborted();
      const { heard, reason } = yield* this.#record(gap);
      signal?.throwIfAborted();
      failures = heard ? 0 : failures + 1;
      if (failures >= attempts) {
        throw new DeviceError('no-sound', `AlsaSource: device '${device}' gave no sound in ${attempts} starts of arecord: ${reason}; ` +
          'check that it is listed by `arecord -L`, that no other program records from it, and that the user is in the group audio');
      }
      await delay(Math.min(backoffMs * 2 ** failures, MAX_BACKOFF_MS), undefined, signal && { signal }).catch(() => undefined);
    }
  }

  async #start(): Promise<Recorder> {
    const { command, device, sampleRate, channels } = this.#options;
    const args = ['-q', '-D', device, '-t', 'raw', '-f', 'S16_LE', '-r', String(sampleRate), '-c', String(channels)];
    const recorder = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    try {
      await once(recorder, 'spawn');
      return recorder;
    } catch (cause) {
      const { code, message } = cause as NodeJS.ErrnoException;
      throw new DeviceError('arecord-missing', `AlsaSource: '${command}' cannot be started (${code ?? message}); install ALSA's tools ` +
        '(Debian and Raspberry Pi OS: apt install alsa-utils), or give another recorder\'s output to PcmSource', { cause });
    }
  }

  async *#record(gap: boolean): AsyncGenerator<AudioChunk, Ended> {
    const { sampleRate, channels, chunkSamples, stallMs, signal } = this.#options;
    const recorder = await this.#start();
    let [heard, reason, messages] = [false, '', ''];
    const stop = (): boolean => recorder.kill();
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted) stop();
    recorder.stderr.setEncoding('utf8').on('data', (text: string) => { messages = (messages + text).slice(-MAX_MESSAGES); });
    recorder.on('error', (error) => { reason ||= error.message; });
    const closed = new Promise<string>((resolve) => {
      recorder.once('close', (code, killedBy) => resolve(`ended with ${killedBy ?? `code ${code}`}`));
    });
    const watch = (): NodeJS.Timeout => setTimeout(() => {
      reason = `no sound for ${stallMs} ms`;
      recorder.kill('SIGKILL');
    }, stallMs);
    let watchdog = watch();
    try {
      for await (const { samples } of new PcmSource(recorder.stdout, { format: 's16', channels, sampleRate, chunkSamples })) {
        clearTimeout(watchdog);
        yield { samples, gap: gap && !heard };
        heard = true;
        watchdog = watch();
      }
      const end = await closed;
      return { heard, reason: [reason || end, messages.trim().replaceAll(/\s+/g, ' ')].filter(Boolean).join(': ') };
    } finally {
      clearTimeout(watchdog);
      signal?.removeEventListener('abort', stop);
      recorder.kill();
    }
  }
}
