import { checkBytes } from '../core/arguments.ts';
import { OptionError } from '../core/errors.ts';
import { MAX_CHANNELS, MAX_SAMPLES, SAMPLE_RATES } from './limits.ts';
import { bytesOf, decodeSamples, type SampleFormat } from './sample-format.ts';
import type { AudioClip } from './types.ts';

/** Format tags of mmreg.h. */
const PCM = 1;
const IEEE_FLOAT = 3;
const EXTENSIBLE = 0xfffe;

/** The rest of a KSDATAFORMAT_SUBTYPE GUID after its format tag. */
const SUBTYPE = '000000001000800000aa00389b71';

/** Programs that write to a pipe state a size near 2^31 or 2^32, as they do not know it. */
const UNKNOWN_SIZE = 0x7fff_0000;

const FORMATS: Readonly<Record<string, SampleFormat>> = {
  '1 8': 'u8', '1 16': 's16', '1 24': 's24', '1 32': 's32', '3 32': 'f32', '3 64': 'f64',
};

/** A decoded file. */
export interface WavClip extends AudioClip {
  /** Channels of the file; the samples are their average. */
  readonly channels: number;
}

interface Layout {
  readonly format: SampleFormat;
  readonly channels: number;
  readonly sampleRate: number;
}

function broken(where: string, message: string): OptionError {
  return new OptionError('broken-audio', `${where}: ${message}; record or convert the file again`);
}

function unsupported(where: string, message: string): OptionError {
  return new OptionError('unsupported-audio', `${where}: ${message}; convert it to WAV with 16-bit PCM`);
}

function tagOf(bytes: Uint8Array, at: number): string {
  return Array.from(bytes.subarray(at, at + 4), (byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '?')).join('');
}

function readFormat(chunk: Uint8Array, where: string): Layout {
  if (chunk.length < 16) throw broken(where, `the 'fmt ' chunk has ${chunk.length} bytes, at least 16 are needed`);
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  const [channels, sampleRate] = [view.getUint16(2, true), view.getUint32(4, true)];
  const [blockBytes, bits] = [view.getUint16(12, true), view.getUint16(14, true)];
  let tag = view.getUint16(0, true);
  if (tag === EXTENSIBLE) {
    if (chunk.length < 40) throw broken(where, `the extensible 'fmt ' chunk has ${chunk.length} bytes, 40 are needed`);
    const rest = Array.from(chunk.subarray(26, 40), (byte) => byte.toString(16).padStart(2, '0')).join('');
    if (rest !== SUBTYPE) throw unsupported(where, `unknown subtype ${rest}`);
    tag = view.getUint16(24, true);
  }
  const format = FORMATS[`${tag} ${bits}`];
  if (format === undefined) {
    const kind = tag === PCM ? 'PCM' : tag === IEEE_FLOAT ? 'float' : `format ${tag}`;
    throw unsupported(where, `holds ${kind} samples of ${bits} bits; allowed: PCM of 8, 16, 24, 32 bits, float of 32, 64 bits`);
  }
  if (channels < 1 || channels > MAX_CHANNELS) throw unsupported(where, `has ${channels} channels; allowed: 1 to ${MAX_CHANNELS}`);
  const [least, most] = SAMPLE_RATES;
  if (sampleRate < least || sampleRate > most) throw unsupported(where, `has ${sampleRate} samples a second; allowed: ${least} to ${most}`);
  if (blockBytes !== channels * bytesOf(format)) throw broken(where, `states ${blockBytes} bytes for ${channels} samples of ${bits} bits`);
  return { format, channels, sampleRate };
}

/**
 * Whether a data chunk goes on to the end of the file. One of 0 bytes does where the file, too, states that it ends there: its recorder was cut off before it
 * came back to write sizes.
 */
function isOpenEnded(size: number, at: number, statedEnd: number): boolean {
  return size >= UNKNOWN_SIZE || (size === 0 && statedEnd <= at + 8);
}

function readData(data: Uint8Array, { format, channels, sampleRate }: Layout, cut: boolean, where: string): WavClip {
  const blockBytes = channels * bytesOf(format);
  const count = Math.floor(data.length / blockBytes);
  if (count === 0) throw broken(where, 'has no samples');
  if (!cut && data.length % blockBytes !== 0) throw broken(where, `has ${data.length} bytes of samples, no multiple of ${blockBytes}`);
  if (count > MAX_SAMPLES) throw unsupported(where, `has ${count} samples, at most ${MAX_SAMPLES} are read: cut it into shorter files`);
  return { sampleRate, channels, samples: decodeSamples(data, format, channels, where) };
}

/**
 * Decodes a WAV file (RIFF/WAVE): PCM of 8, 16, 24 and 32 bits, float of 32 and 64 bits, any rate, channels averaged to mono.
 * @param where name of the file, for messages
 * @throws OptionError for anything but bytes, and for damaged, unknown and too long files
 */
export function readWav(bytes: Uint8Array, where = 'WAV file'): WavClip {
  checkBytes(bytes, where);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || tagOf(bytes, 0) !== 'RIFF' || tagOf(bytes, 8) !== 'WAVE') {
    throw unsupported(where, `starts with '${tagOf(bytes, 0)}' and is no WAV file`);
  }
  let layout: Layout | undefined;
  for (let at = 12; at + 8 <= bytes.length;) {
    const [tag, size] = [tagOf(bytes, at), view.getUint32(at + 4, true)];
    const openEnded = tag === 'data' && isOpenEnded(size, at, view.getUint32(4, true) + 8);
    const chunk = bytes.subarray(at + 8, openEnded ? bytes.length : at + 8 + size);
    if (chunk.length < size && !openEnded) {
      throw broken(where, `the '${tag}' chunk at byte ${at} has ${size} bytes, the file ends after ${chunk.length}`);
    }
    if (tag === 'fmt ') layout = readFormat(chunk, where);
    if (tag === 'data') {
      if (layout === undefined) throw broken(where, "the 'data' chunk comes before the 'fmt ' chunk");
      return readData(chunk, layout, openEnded, where);
    }
    at += 8 + size + (size % 2);
  }
  throw broken(where, `has no 'data' chunk in ${bytes.length} bytes`);
}
