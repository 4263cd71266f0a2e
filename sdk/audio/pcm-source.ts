import * as v from 'valibot';
import { kindOf } from '../core/arguments.ts';
import { OptionError } from '../core/errors.ts';
import { parseOptions } from '../core/options.ts';
import { MAX_CHANNELS, SAMPLE_RATES } from './limits.ts';
import { bytesOf, decodeSamples, SAMPLE_FORMATS } from './sample-format.ts';
import type { AudioChunk, AudioSource } from './types.ts';

const schema = v.strictObject({
  format: v.optional(v.picklist(SAMPLE_FORMATS), 's16'),
  /** Interleaved channels, averaged to mono. */
  channels: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_CHANNELS)), 1),
  /** Samples a second. */
  sampleRate: v.optional(v.pipe(v.number(), v.integer(), v.minValue(SAMPLE_RATES[0]), v.maxValue(SAMPLE_RATES[1])), 16_000),
  /** Samples of one chunk; the last may have fewer. */
  chunkSamples: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(2 ** 20)), 320),
});

export type PcmSourceOptions = v.InferInput<typeof schema>;

/** Cuts a stream of bytes into pieces of `size` bytes; the last may be shorter. */
async function* pieces(stream: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array> {
  const piece = new Uint8Array(size);
  let filled = 0;
  for await (const bytes of stream) {
    if (!(bytes instanceof Uint8Array)) {
      throw new OptionError('invalid-samples', `PcmSource: the stream gave ${kindOf(bytes)}; must be bytes as Uint8Array: ` +
        'a stream without encoding, or `new Uint8Array(buffer)` of each message');
    }
    for (let at = 0; at < bytes.length;) {
      const part = bytes.subarray(at, at + size - filled);
      piece.set(part, filled);
      at += part.length;
      filled = (filled + part.length) % size;
      if (filled === 0) yield piece;
    }
  }
  if (filled > 0) yield piece.subarray(0, filled);
}

/** Raw PCM from any stream of bytes, such as standard input or a socket. It can be read once. */
export class PcmSource implements AudioSource {
  readonly sampleRate: number;
  readonly #stream: AsyncIterable<Uint8Array>;
  readonly #options: v.InferOutput<typeof schema>;

  /** @throws OptionError for wrong options and what is no stream */
  constructor(stream: AsyncIterable<Uint8Array>, options: PcmSourceOptions = {}) {
    if (typeof (Object(stream) as Partial<AsyncIterable<unknown>>)[Symbol.asyncIterator] !== 'function') {
      throw new OptionError('invalid-option', 'PcmSource: the first argument must be a stream of bytes, such as process.stdin or createReadStream(file)');
    }
    this.#stream = stream;
    this.#options = parseOptions(schema, options, 'PcmSource');
    this.sampleRate = this.#options.sampleRate;
  }

  /** @throws OptionError for float samples that are not numbers and what are no bytes; what the stream throws */
  async *[Symbol.asyncIterator](): AsyncGenerator<AudioChunk> {
    const { format, channels, chunkSamples } = this.#options;
    for await (const piece of pieces(this.#stream, chunkSamples * channels * bytesOf(format))) {
      const samples = decodeSamples(piece, format, channels, 'PcmSource');
      if (samples.length > 0) yield { samples, gap: false };
    }
  }
}
