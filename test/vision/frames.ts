import fc from 'fast-check';
import { FRAME_FORMATS, type Frame, type FrameFormat } from '../../sdk/vision/types.ts';

/** Bytes of a row of the first plane. */
const STEP = { grey: 1, rgb: 3, rgba: 4, nv12: 1, i420: 1 } as const;

/** A frame of noise, its rows padded by `padding` bytes. */
export function noiseFrame(format: FrameFormat, width: number, height: number, padding: number, seed: number): Frame {
  const stride = width * STEP[format] + padding;
  const bytes = stride * height * (format === 'nv12' || format === 'i420' ? 1.5 : 1);
  const data = Uint8Array.from({ length: bytes }, (_, at) => Math.imul(seed ^ (at * 7919), 2_654_435_761) >>> 24);
  return { width, height, format, data, ...(padding > 0 && { stride }) };
}

/** Frames of every format up to 24 pixels wide and high. */
export const frames: fc.Arbitrary<Frame> = fc
  .record({
    format: fc.constantFrom(...FRAME_FORMATS), width: fc.integer({ min: 1, max: 24 }), height: fc.integer({ min: 1, max: 24 }),
    padding: fc.integer({ min: 0, max: 5 }), seed: fc.integer(),
  })
  .map(({ format, width, height, padding, seed }) => (format === 'nv12' || format === 'i420'
    ? noiseFrame(format, width + (width % 2), height + (height % 2), padding - (padding % 2), seed)
    : noiseFrame(format, width, height, padding, seed)));
