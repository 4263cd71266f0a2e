import jpeg from 'jpeg-js';
import type { Image } from '../types.ts';
import { brokenImage, checkDimensions, MAX_PIXELS, unsupportedImage } from './limits.ts';

const MAX_MEMORY_MB = 512;
/** Progressive files have about ten; each one costs a pass over all blocks, however short it is. */
const MAX_SCANS = 256;
/** A block of 8 x 8 pixels takes at least one bit in its largest component; unusual sampling factors may halve that twice. */
const MAX_BLOCKS_PER_BYTE = 32;

interface Frame {
  readonly width: number;
  readonly height: number;
  readonly components: number;
}

/** Walks the marker segments up to the frame header SOFn (ITU-T T.81 B.2.2). */
function readFrame(bytes: Uint8Array, where: string): Frame {
  for (let at = 2; at + 9 < bytes.length;) {
    if (bytes[at] !== 0xff) throw brokenImage(where, `no JPEG marker at byte ${at}`);
    const marker = bytes[at + 1]!;
    if (marker === 0xff) {
      at++;
      continue;
    }
    const length = (bytes[at + 2]! << 8) | bytes[at + 3]!;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) {
      if (marker > 0xc2) throw unsupportedImage(where, `JPEG process SOF${marker - 0xc0}; allowed: baseline and progressive`);
      return { height: (bytes[at + 5]! << 8) | bytes[at + 6]!, width: (bytes[at + 7]! << 8) | bytes[at + 8]!, components: bytes[at + 9]! };
    }
    if (length < 2) throw brokenImage(where, `a JPEG segment of ${length} bytes at byte ${at}`);
    at += 2 + length;
  }
  throw brokenImage(where, 'the JPEG file ends before its frame header');
}

/** Start-of-scan markers: entropy-coded data cannot contain one (ITU-T T.81 B.1.1.5). */
function countScans(bytes: Uint8Array): number {
  let scans = 0;
  for (let at = bytes.indexOf(0xff); at >= 0; at = bytes.indexOf(0xff, at + 1)) if (bytes[at + 1] === 0xda) scans++;
  return scans;
}

/** Bounds time and memory by the size of the file before anything is decoded. */
function checkCost({ width, height }: Frame, bytes: Uint8Array, where: string): void {
  checkDimensions(width, height, where);
  const blocks = Math.ceil(width / 8) * Math.ceil(height / 8);
  if (blocks > bytes.length * MAX_BLOCKS_PER_BYTE) throw brokenImage(where, `${bytes.length} bytes of JPEG cannot hold ${width} x ${height} pixels`);
  const scans = countScans(bytes);
  if (scans > MAX_SCANS) throw unsupportedImage(where, `the JPEG file has ${scans} scans, at most ${MAX_SCANS} are decoded: save it as baseline`);
}

/** Decodes baseline and progressive JPEG; a file of one component gives one channel. */
export function decodeJpeg(bytes: Uint8Array, where: string): Image {
  const frame = readFrame(bytes, where);
  checkCost(frame, bytes, where);
  let decoded: { width: number; height: number; data: Uint8Array };
  try {
    decoded = jpeg.decode(bytes, {
      useTArray: true, formatAsRGBA: false, tolerantDecoding: false, maxResolutionInMP: MAX_PIXELS / 1e6, maxMemoryUsageInMB: MAX_MEMORY_MB,
    });
  } catch (error) {
    throw brokenImage(where, `the JPEG data cannot be decoded (${error instanceof Error ? error.message : String(error)})`);
  }
  const { width, height, data } = decoded;
  if (frame.components !== 1) return { width, height, format: 'rgb', data };
  return { width, height, format: 'grey', data: data.filter((_, at) => at % 3 === 0) };
}
