import { CHANNELS, type Image } from '../types.ts';
import { holdsInt8Codes } from './int8-codes.ts';
import { brokenImage, checkDimensions, unsupportedImage } from './limits.ts';

/** Compression of BITMAPINFOHEADER ([MS-WMF] 2.1.1.7). */
const BI_RGB = 0;
const BI_BITFIELDS = 3;

interface Header {
  readonly width: number;
  readonly height: number;
  readonly topDown: boolean;
  readonly bits: number;
  /** File offset of the pixels. */
  readonly pixels: number;
  /** RGB of each palette entry; empty without a palette. */
  readonly palette: readonly (readonly [number, number, number])[];
  /** Byte of red, green and blue, and of alpha where there is one, inside a pixel of 24 or 32 bits. */
  readonly order: readonly number[];
}

function byteOfMask(mask: number, where: string): number {
  const at = [0xff, 0xff00, 0xff0000, 0xff000000].indexOf(mask);
  if (at < 0) throw unsupportedImage(where, `colour mask 0x${mask.toString(16)} is not a whole byte: save the BMP with 24 or 32 bits a pixel`);
  return at;
}

function readHeader(bytes: Uint8Array, where: string): Header {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 26) throw brokenImage(where, `the BMP file ends inside its header (${bytes.length} bytes)`);
  const pixels = view.getUint32(10, true);
  const headerBytes = view.getUint32(14, true);
  const core = headerBytes === 12;
  if (!core && (headerBytes < 40 || headerBytes > 124)) {
    throw brokenImage(where, `the BMP header has ${headerBytes} bytes; 12, or 40 to 124, are known`);
  }
  if (bytes.length < 14 + headerBytes) throw brokenImage(where, `the BMP file ends inside its header (${bytes.length} bytes)`);
  const width = core ? view.getUint16(18, true) : view.getInt32(18, true);
  const signedHeight = core ? view.getUint16(20, true) : view.getInt32(22, true);
  const height = Math.abs(signedHeight);
  checkDimensions(width, height, where);
  const bits = view.getUint16(core ? 24 : 28, true);
  if (![1, 4, 8, 24, 32].includes(bits)) throw unsupportedImage(where, `${bits} bits a pixel; allowed: 1, 4, 8, 24, 32`);
  const compression = core ? BI_RGB : view.getUint32(30, true);
  const masked = compression === BI_BITFIELDS && bits === 32;
  if (compression !== BI_RGB && !masked) throw unsupportedImage(where, `BMP compression ${compression}; allowed: none: save it without compression`);

  let order: readonly number[] = [2, 1, 0];
  if (masked) {
    if (bytes.length < 66) throw brokenImage(where, 'the BMP file ends inside its colour masks');
    order = [54, 58, 62].map((at) => byteOfMask(view.getUint32(at, true), where));
    const alpha = headerBytes >= 56 && bytes.length >= 70 ? view.getUint32(66, true) : 0;
    if (alpha !== 0) order = [...order, byteOfMask(alpha, where)];
  }
  const stated = core ? 0 : view.getUint32(46, true);
  const entries = bits > 8 ? 0 : stated === 0 ? 2 ** bits : stated;
  if (entries > 2 ** bits) throw brokenImage(where, `a palette of ${entries} colours for ${bits} bits a pixel`);
  const entryBytes = core ? 3 : 4;
  const start = 14 + headerBytes;
  if (bytes.length < start + entries * entryBytes) throw brokenImage(where, 'the BMP file ends inside its palette');
  const palette = Array.from({ length: entries }, (_, entry) => {
    const at = start + entry * entryBytes;
    return [bytes[at + 2]!, bytes[at + 1]!, bytes[at]!] as const;
  });
  return { width, height, topDown: signedHeight < 0, bits, pixels, palette, order };
}

/** Palette number of pixel `x` of a row. */
function codeAt(row: Uint8Array, bits: number, x: number): number {
  const perByte = 8 / bits;
  return (row[Math.floor(x / perByte)]! >> (8 - bits * ((x % perByte) + 1))) & (2 ** bits - 1);
}

/**
 * Decodes BMP files of 1, 4 and 8 bits with a palette, 24 and 32 bits; a grey palette gives one channel.
 * An 8-bit grey file that holds int8 codes is turned into pixels.
 */
export function decodeBmp(bytes: Uint8Array, where: string): Image {
  const { width, height, topDown, bits, pixels, palette, order } = readHeader(bytes, where);
  const stride = Math.ceil((width * bits) / 32) * 4;
  if (bytes.length < pixels + stride * height) {
    const end = pixels + stride * height;
    throw brokenImage(where, `the BMP file has ${bytes.length} bytes, ${width} x ${height} pixels of ${bits} bits end at byte ${end}`);
  }
  const grey = palette.length > 0 && palette.every(([red, green, blue]) => red === green && green === blue);
  const format = grey ? 'grey' : order.length === 4 ? 'rgba' : 'rgb';
  const channels = CHANNELS[format];
  const colours = grey ? palette.map(([value]) => [value]) : palette;
  const data = new Uint8Array(width * height * channels);
  for (let y = 0; y < height; y++) {
    const from = pixels + (topDown ? y : height - 1 - y) * stride;
    const row = bytes.subarray(from, from + stride);
    for (let x = 0, at = y * width * channels; x < width; x++, at += channels) {
      if (bits > 8) {
        for (let channel = 0; channel < channels; channel++) data[at + channel] = row[(x * bits) / 8 + order[channel]!]!;
        continue;
      }
      const colour = colours[codeAt(row, bits, x)];
      if (colour === undefined) throw brokenImage(where, `colour ${codeAt(row, bits, x)} is outside the palette of ${colours.length}`);
      data.set(colour, at);
    }
  }
  if (!grey || bits !== 8 || !holdsInt8Codes(data, width)) return { width, height, format, data };
  return { width, height, format, data: data.map((code) => code ^ 0x80), storedAs: 'int8' };
}
