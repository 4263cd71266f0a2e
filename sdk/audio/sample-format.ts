import { OptionError } from '../core/errors.ts';

/** Encodings of one sample, little-endian: unsigned and signed integers, and floats of full scale 1. */
export const SAMPLE_FORMATS = ['u8', 's16', 's24', 's32', 'f32', 'f64'] as const;

export type SampleFormat = (typeof SAMPLE_FORMATS)[number];

const BYTES: Readonly<Record<SampleFormat, number>> = { u8: 1, s16: 2, s24: 3, s32: 4, f32: 4, f64: 8 };

/** Greatest absolute value of a float sample: far above full scale, far below where sums of squares overflow. */
const MAX_FLOAT = 2 ** 20;

/** Bytes of one sample. */
export function bytesOf(format: SampleFormat): number {
  return BYTES[format];
}

function reader(view: DataView, format: SampleFormat): (at: number) => number {
  switch (format) {
    case 'u8': return (at) => (view.getUint8(at) - 128) / 2 ** 7;
    case 's16': return (at) => view.getInt16(at, true) / 2 ** 15;
    case 's24': return (at) => (view.getUint16(at, true) + view.getInt8(at + 2) * 2 ** 16) / 2 ** 23;
    case 's32': return (at) => view.getInt32(at, true) / 2 ** 31;
    case 'f32': return (at) => view.getFloat32(at, true);
    case 'f64': return (at) => view.getFloat64(at, true);
  }
}

/**
 * Mono samples of interleaved PCM, the average of the channels. Bytes after the last whole sample of all channels are left out.
 * @throws OptionError for float samples that are not numbers
 */
export function decodeSamples(bytes: Uint8Array, format: SampleFormat, channels: number, where: string): Float32Array {
  const read = reader(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), format);
  const size = BYTES[format];
  return Float32Array.from({ length: Math.floor(bytes.length / (size * channels)) }, (_, n) => {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) sum += read((n * channels + channel) * size);
    if (!(Math.abs(sum) <= MAX_FLOAT)) {
      throw new OptionError('broken-audio', `${where}: sample ${n} is ${sum}; full scale is -1 to 1: record or convert the sound again`);
    }
    return sum / channels;
  });
}
