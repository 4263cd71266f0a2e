import type { ImageDecoder } from './types.ts';

function startsWith(...magic: readonly number[]): (bytes: Uint8Array) => boolean {
  return (bytes) => magic.every((byte, at) => bytes[at] === byte);
}

/** All picture formats. */
export const imageDecoders: readonly ImageDecoder[] = Object.freeze([
  { name: 'BMP', detect: startsWith(0x42, 0x4d), load: async () => (await import('./bmp.ts')).decodeBmp },
  { name: 'JPEG', detect: startsWith(0xff, 0xd8, 0xff), load: async () => (await import('./jpeg.ts')).decodeJpeg },
  { name: 'PNG', detect: startsWith(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a), load: async () => (await import('./png.ts')).decodePng },
]);
