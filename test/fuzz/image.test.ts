import fc from 'fast-check';
import jpeg from 'jpeg-js';
import { expect, test } from 'vitest';
import { OptionError } from '../../sdk/core/errors.ts';
import { MAX_PIXELS } from '../../sdk/vision/decoders/limits.ts';
import { decodeImage } from '../../sdk/vision/decode-image.ts';
import { CHANNELS } from '../../sdk/vision/types.ts';
import { bmpFile } from '../vision/decoders/bmp-file.ts';
import { pngFile } from '../vision/decoders/png-file.ts';

const runs = process.env['HALFBYTE_FUZZ'] === 'full' ? 4_000 : 200;
const noise = (count: number): Uint8Array => Uint8Array.from({ length: count }, (_, at) => Math.imul(at + 1, 2_654_435_761) >>> 24);
const palette = Array.from({ length: 16 }, (_, at) => [at, at, 2 * at] as const);

const seeds: Readonly<Record<string, Uint8Array>> = {
  bmp4: bmpFile({ width: 9, height: 3, bits: 4, palette, rows: [[1, 2, 3], [4, 5, 6], [7, 8, 9]] }),
  bmp32: bmpFile({ width: 2, height: -2, bits: 32, masks: [0xff, 0xff00, 0xff0000, 0xff000000], rows: [[...noise(8)], [...noise(8)]] }),
  png: pngFile({ width: 5, height: 5, depth: 8, type: 2, samples: [...noise(75)], filters: [4, 3, 2, 1], interlaced: true }),
  pngPalette: pngFile({
    width: 5, height: 3, depth: 4, type: 3, samples: [...noise(15)].map((byte) => byte % 4), palette: [...noise(12)], transparency: [1, 2],
  }),
  jpeg: new Uint8Array(jpeg.encode({ width: 16, height: 16, data: noise(16 * 16 * 4) }, 60).data),
};

/** A decoder may refuse; it may not fail in any other way, and what it gives is as large as it says. */
async function decodeOrRefuse(bytes: Uint8Array): Promise<void> {
  try {
    const { width, height, format, data } = await decodeImage(bytes, 'fuzz');
    expect(width * height).toBeLessThanOrEqual(MAX_PIXELS);
    expect(data.length).toBe(width * height * CHANNELS[format]);
  } catch (error) {
    expect(error).toBeInstanceOf(OptionError);
  }
}

test.each(Object.entries(seeds))('mutated %s files are decoded or refused', async (_, seed) => {
  const edit = fc.record({ at: fc.nat(seed.length - 1), byte: fc.nat(255) });
  await fc.assert(fc.asyncProperty(fc.array(edit, { maxLength: 5 }), fc.nat(seed.length * 3), async (edits, cut) => {
    const bytes = seed.slice(0, Math.max(cut, 4));
    for (const { at, byte } of edits) if (at < bytes.length) bytes[at] = byte;
    await decodeOrRefuse(bytes);
  }), { numRuns: runs, seed: 6 });
});
