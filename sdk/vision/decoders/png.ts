import { CHANNELS, type Image } from '../types.ts';
import { brokenImage, checkDimensions, unsupportedImage } from './limits.ts';
import { readPngSamples, type PngLayout } from './png-samples.ts';

/** Colour types and their samples a pixel (PNG 11.2.1, table 11.1). */
const SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
const DEPTHS: Readonly<Record<number, readonly number[]>> = { 0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16] };
const PALETTE = 3;

interface Header extends PngLayout {
  readonly type: number;
}

interface Chunks {
  readonly header: Header;
  readonly palette: Uint8Array;
  readonly alpha: Uint8Array;
  readonly data: Uint8Array;
}

function readHeader(view: DataView, at: number, where: string): Header {
  const [width, height] = [view.getUint32(at), view.getUint32(at + 4)];
  checkDimensions(width, height, where);
  const [depth, type] = [view.getUint8(at + 8), view.getUint8(at + 9)];
  const [compression, filter, interlace] = [view.getUint8(at + 10), view.getUint8(at + 11), view.getUint8(at + 12)];
  if (!DEPTHS[type]?.includes(depth)) throw brokenImage(where, `PNG colour type ${type} with ${depth} bits a sample`);
  if (compression !== 0 || filter !== 0 || interlace > 1) {
    throw unsupportedImage(where, `PNG compression ${compression}, filter ${filter}, interlace ${interlace}; allowed: 0, 0, 0 or 1`);
  }
  return { width, height, depth, type, samples: SAMPLES[type]!, interlaced: interlace === 1 };
}

function readChunks(bytes: Uint8Array, where: string): Chunks {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let header: Header | undefined;
  let palette = new Uint8Array(0);
  let alpha = new Uint8Array(0);
  const data: Uint8Array[] = [];
  for (let at = 8; at + 12 <= bytes.length;) {
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (length > bytes.length - at - 12) {
      throw brokenImage(where, `PNG chunk ${JSON.stringify(type)} of ${length} bytes at byte ${at} leaves the file`);
    }
    const body = bytes.slice(at + 8, at + 8 + length);
    if (type === 'IHDR' && length === 13) header = readHeader(view, at + 8, where);
    else if (type === 'PLTE') palette = body;
    else if (type === 'tRNS') alpha = body;
    else if (type === 'IDAT') data.push(body);
    else if (type === 'IEND') break;
    at += 12 + length;
  }
  if (header === undefined) throw brokenImage(where, 'the PNG file has no header chunk');
  return { header, palette, alpha, data: Buffer.concat(data) };
}

function indexedPixels({ header, palette, alpha }: Chunks, samples: Uint16Array, where: string): Image {
  const colours = palette.length / 3;
  if (!Number.isInteger(colours)) throw brokenImage(where, `a PNG palette of ${palette.length} bytes`);
  const channels = alpha.length > 0 ? 4 : 3;
  const data = new Uint8Array(samples.length * channels);
  samples.forEach((code, pixel) => {
    if (code >= colours) throw brokenImage(where, `colour ${code} is outside the PNG palette of ${colours}`);
    data.set(palette.subarray(code * 3, code * 3 + 3), pixel * channels);
    if (channels === 4) data[pixel * 4 + 3] = alpha[code] ?? 255;
  });
  return { width: header.width, height: header.height, format: channels === 4 ? 'rgba' : 'rgb', data };
}

/** Grey stays grey unless it has alpha; alpha comes from its own samples or from the one transparent colour (PNG 11.3.2.1). */
function directPixels({ header, alpha }: Chunks, samples: Uint16Array): Image {
  const { width, height, depth, type } = header;
  const ownAlpha = (type & 4) !== 0;
  const colours = header.samples - (ownAlpha ? 1 : 0);
  const transparent = Array.from({ length: ownAlpha ? 0 : alpha.length >> 1 }, (_, at) => (alpha[2 * at]! << 8) | alpha[2 * at + 1]!);
  const format = ownAlpha || transparent.length === colours ? 'rgba' : colours === 3 ? 'rgb' : 'grey';
  const channels = CHANNELS[format];
  const scale = 255 / (2 ** depth - 1);
  const data = new Uint8Array(width * height * channels);
  for (let from = 0, at = 0; from < samples.length; from += header.samples) {
    for (let channel = 0; channel < Math.min(channels, 3); channel++) {
      data[at++] = Math.round(samples[from + (colours === 3 ? channel : 0)]! * scale);
    }
    if (ownAlpha) data[at++] = Math.round(samples[from + colours]! * scale);
    else if (channels === 4) data[at++] = transparent.every((sample, channel) => sample === samples[from + channel]) ? 0 : 255;
  }
  return { width, height, format, data };
}

/** Decodes PNG of every colour type and depth: 16-bit samples are rounded to 8; grey without alpha gives one channel. */
export function decodePng(bytes: Uint8Array, where: string): Image {
  const chunks = readChunks(bytes, where);
  const samples = readPngSamples(chunks.data, chunks.header, where);
  return chunks.header.type === PALETTE ? indexedPixels(chunks, samples, where) : directPixels(chunks, samples);
}
