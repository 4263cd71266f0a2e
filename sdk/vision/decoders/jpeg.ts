import jpeg from 'jpeg-js';
import type { Image } from '../types.ts';
import { withStandardTables } from './huffman-tables.ts';
import { readJpegHeader, type JpegHeader } from './jpeg-header.ts';
import { Marker } from './jpeg-segments.ts';
import { brokenImage, checkDimensions, MAX_PIXELS, unsupportedImage } from './limits.ts';
import { upright } from './upright.ts';

const MAX_MEMORY_MB = 512;
/** Quantization tables, which progressive files may state anew. */
const TABLES_MB = 1;
/** Progressive files have about ten; each one costs a pass over all blocks, however short it is. */
const MAX_SCANS = 256;
/** A block of any component takes at least one bit. */
const MAX_BLOCKS_PER_BYTE = 8;
/** jpeg-js keeps the coefficients of a block as 64 numbers of 4 bytes and its samples as 64 bytes. */
const BLOCK_BYTES = 64 * 4 + 64;

/** Start-of-scan markers: entropy-coded data cannot contain one (ITU-T T.81 B.1.1.5). */
function checkScans(bytes: Uint8Array, where: string): void {
  let scans = 0;
  for (let at = bytes.indexOf(0xff); at >= 0; at = bytes.indexOf(0xff, at + 1)) if (bytes[at + 1] === Marker.SOS) scans++;
  if (scans > MAX_SCANS) throw unsupportedImage(where, `the JPEG file has ${scans} scans, at most ${MAX_SCANS} are decoded: save it as baseline`);
}

/** Bounds time and memory by the size of the file before anything is decoded. */
function checkCost({ width, height, blocks }: JpegHeader, bytes: Uint8Array, where: string): void {
  checkDimensions(width, height, where);
  const all = blocks.reduce((sum, count) => sum + count, 0);
  if (all > bytes.length * MAX_BLOCKS_PER_BYTE) throw brokenImage(where, `${bytes.length} bytes of JPEG cannot hold ${width} x ${height} pixels`);
}

/** What jpeg-js may count for this picture: blocks up to whole units of the frame, the components in full size, and the pixels. */
function memoryMb({ width, height, components, mostH, mostV }: JpegHeader): number {
  const units = Math.ceil(width / 8 / mostH) * Math.ceil(height / 8 / mostV);
  const blocks = components.reduce((sum, { h, v }) => sum + units * h * v, 0);
  return (blocks * BLOCK_BYTES + width * height * (components.length + 3)) / 2 ** 20 + TABLES_MB;
}

/**
 * Decodes baseline and progressive JPEG, upright by its EXIF orientation; a file of one component gives one channel.
 * Frames of Motion JPEG may lack their Huffman tables, which are the standard ones then.
 */
export function decodeJpeg(bytes: Uint8Array, where: string): Image {
  checkScans(bytes, where);
  const header = readJpegHeader(bytes, where);
  checkCost(header, bytes, where);
  const { tablesMissingAt, isRgb } = header;
  let decoded: { width: number; height: number; data: Uint8Array };
  try {
    decoded = jpeg.decode(tablesMissingAt === undefined ? bytes : withStandardTables(bytes, tablesMissingAt), {
      useTArray: true, formatAsRGBA: false, tolerantDecoding: false, maxResolutionInMP: MAX_PIXELS / 1e6,
      maxMemoryUsageInMB: Math.min(memoryMb(header), MAX_MEMORY_MB), ...(isRgb && { colorTransform: false }),
    });
  } catch (error) {
    if (header.hasCutInterval) {
      throw unsupportedImage(where, 'a JPEG scan of one component ends inside a restart interval: save the picture without restart markers');
    }
    throw brokenImage(where, `the JPEG data cannot be decoded (${error instanceof Error ? error.message : String(error)})`);
  }
  const { width, height, data } = decoded;
  const image: Image = header.components.length === 1
    ? { width, height, format: 'grey', data: data.filter((_, at) => at % 3 === 0) }
    : { width, height, format: 'rgb', data };
  return upright(image, header.orientation);
}
