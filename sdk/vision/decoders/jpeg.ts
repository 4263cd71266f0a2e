import jpeg from 'jpeg-js';
import type { Image } from '../types.ts';
import { brokenImage, checkDimensions, MAX_PIXELS, unsupportedImage } from './limits.ts';

const MAX_MEMORY_MB = 512;

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
      if (marker > 0xc2) throw unsupportedImage(where, `JPEG process SOF${marker - 0xc0}; allowed: baseline and progressive: save it as one of these`);
      return { height: (bytes[at + 5]! << 8) | bytes[at + 6]!, width: (bytes[at + 7]! << 8) | bytes[at + 8]!, components: bytes[at + 9]! };
    }
    if (length < 2) throw brokenImage(where, `a JPEG segment of ${length} bytes at byte ${at}`);
    at += 2 + length;
  }
  throw brokenImage(where, 'the JPEG file ends before its frame header');
}

/** Decodes baseline and progressive JPEG; a file of one component gives one channel. */
export function decodeJpeg(bytes: Uint8Array, where: string): Image {
  const { width, height, components } = readFrame(bytes, where);
  checkDimensions(width, height, where);
  let decoded: { width: number; height: number; data: Uint8Array };
  try {
    decoded = jpeg.decode(bytes, {
      useTArray: true, formatAsRGBA: false, tolerantDecoding: false, maxResolutionInMP: MAX_PIXELS / 1e6, maxMemoryUsageInMB: MAX_MEMORY_MB,
    });
  } catch (error) {
    throw brokenImage(where, `the JPEG data cannot be decoded (${error instanceof Error ? error.message : String(error)})`);
  }
  const { data } = decoded;
  if (components !== 1) return { width: decoded.width, height: decoded.height, channels: 3, data };
  return { width: decoded.width, height: decoded.height, channels: 1, data: data.filter((_, at) => at % 3 === 0) };
}
