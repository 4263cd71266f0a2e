import * as v from 'valibot';
import { DeviceError } from '../core/errors.ts';
import { onAbort, orAborted } from '../core/on-abort.ts';
import { parseOptions } from '../core/options.ts';
import { PcmSource } from './pcm-source.ts';
import { Recorder } from './recorder.ts';
import type { AudioChunk, AudioSource } from './types.ts';

const milliseconds = (least: number) => v.pipe(v.number(), v.minValue(least), v.maxValue(600_000));

const schema = v.strictObject({
  /** ALSA device, as listed by `arecord -L`; `plughw:1,0` converts rate and channels of card 1; `default` by default. */
  device: v.optional(v.pipe(v.string(), v.minLength(1), v.regex(/^[^-\0][^\0]*$/, 'must be the name of an ALSA device')), 'default'),
  /** Samples a second; 16,000 by default. */
  sampleRate: v.optional(v.pipe(v.number(), v.integer(), v.minValue(2000), v.maxValue(192_000)), 16_000),
  /** Channels to record, averaged to mono; 1 by default. */
  channels: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(32)), 1),
  /** Samples of one chunk; 320 by default. */
  chunkSamples: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(2 ** 20)), 320),
  /** Starts in a row without sound before it is an error; 5 by default. */
  attempts: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000)), 5),
  /** Wait before arecord is started again, doubled for each start in a row without sound, up to 30 s; 200 by default. */
  backoffMs: v.optional(milliseconds(0), 200),
  /** Time without sound after which the recorder is started again; 5000 by default. */
  stallMs: v.optional(milliseconds(1), 5000),
  /** Program to run; `arecord` by default. */
  command: v.optional(v.pipe(v.string(), v.minLength(1), v.regex(/^[^\0]*$/, 'must be a program')), 'arecord'),
  signal: v.optional(v.instance(AbortSignal)),
});

export type AlsaSourceOptions = v.InferInput<typeof schema>;

const MAX_BACKOFF_MS = 30_000;

/** Ends early when the signal is aborted. */
async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await orAborted(over, signal).catch(() => undefined);
  clearTimeout(timer);
}

/** How one run of arecord went. */
interface Ended {
  readonly heard: boolean;
  /** With what the program said. */
  readonly reason: string;
}

/** A microphone by ALSA's `arecord`. It is started again when it ends or hangs; the first chunk after that, and after an overrun that it tells, has `gap` set. */
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
      await pause(Math.min(backoffMs * 2 ** failures, MAX_BACKOFF_MS), signal);
    }
  }

  async *#record(gap: boolean): AsyncGenerator<AudioChunk, Ended> {
    const { command, device, sampleRate, channels, chunkSamples, stallMs, signal } = this.#options;
    const recorder = await Recorder.start(command, ['-q', '-D', device, '-t', 'raw', '-f', 'S16_LE', '-r', String(sampleRate), '-c', String(channels)]);
    const cut = (): void => recorder.cut('aborted');
    const end = signal && onAbort(signal, cut);
    let heard = false;
    try {
      if (signal?.aborted) cut();
      for await (const { samples } of new PcmSource(recorder.sound(stallMs), { format: 's16', channels, sampleRate, chunkSamples })) {
        signal?.throwIfAborted();
        const overrun = recorder.takeOverrun();
        yield { samples, gap: heard ? overrun : gap };
        heard = true;
      }
      return { heard, reason: await recorder.reason() };
    } finally {
      end?.();
      await recorder.stop();
    }
  }
}
