export interface WavFile {
  readonly tag?: number;
  readonly channels?: number;
  readonly sampleRate?: number;
  readonly bits: number;
  readonly data: Uint8Array;
  /** Format tag inside an extensible header. */
  readonly extensible?: number;
  /** Chunks before the data. */
  readonly extra?: readonly { readonly tag: string; readonly bytes: Uint8Array }[];
  /** Size stated for the data. */
  readonly statedSize?: number;
}

const SUBTYPE_REST = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71];

function chunk(tag: string, bytes: Uint8Array, size = bytes.length): number[] {
  const header = new DataView(new ArrayBuffer(4));
  header.setUint32(0, size, true);
  return [...Buffer.from(tag), ...new Uint8Array(header.buffer), ...bytes, ...(bytes.length % 2 ? [0] : [])];
}

/** The bytes of a WAV file. */
export function wavFile({ tag = 1, channels = 1, sampleRate = 16_000, bits, data, extensible, extra = [], statedSize }: WavFile): Uint8Array {
  const format = new DataView(new ArrayBuffer(extensible === undefined ? 16 : 40));
  const block = (channels * bits) / 8;
  format.setUint16(0, extensible === undefined ? tag : 0xfffe, true);
  format.setUint16(2, channels, true);
  format.setUint32(4, sampleRate, true);
  format.setUint32(8, sampleRate * block, true);
  format.setUint16(12, block, true);
  format.setUint16(14, bits, true);
  if (extensible !== undefined) {
    format.setUint16(16, 22, true);
    format.setUint16(24, extensible, true);
    SUBTYPE_REST.forEach((byte, at) => format.setUint8(26 + at, byte));
  }
  const body = [
    ...Buffer.from('WAVE'), ...extra.flatMap(({ tag: name, bytes }) => chunk(name, bytes)),
    ...chunk('fmt ', new Uint8Array(format.buffer)), ...chunk('data', data, statedSize),
  ];
  return Uint8Array.from(chunk('RIFF', Uint8Array.from(body)));
}

/** Bytes of 16-bit samples, full scale 1. */
export function pcm16(samples: ArrayLike<number>): Uint8Array {
  return new Uint8Array(Int16Array.from(samples, (sample) => Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_768)))).buffer);
}
