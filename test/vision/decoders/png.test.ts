import { deflateSync } from 'node:zlib';
import { encode } from 'fast-png';
import { describe, expect, test } from 'vitest';
import { decodePng } from '../../../sdk/vision/decoders/png.ts';
import { chunk, headerChunk, pngFile, SAMPLES, SIGNATURE } from './png-file.ts';

/** Repeatable samples below `limit`. */
function noise(count: number, limit: number): number[] {
  let state = 12345;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) % limit;
  });
}

const depths: readonly (readonly [type: number, depth: number])[] = [
  [0, 1], [0, 2], [0, 4], [0, 8], [0, 16], [2, 8], [2, 16], [4, 8], [4, 16], [6, 8], [6, 16],
];

describe('png', () => {
  test.each(depths)('colour type %i with %i bits, all filters, interlaced or not', (type, depth) => {
    for (const interlaced of [false, true]) {
      for (const [width, height] of [[1, 1], [5, 3], [11, 9]] as const) {
        const samples = noise(width * height * SAMPLES[type]!, 2 ** depth);
        const image = decodePng(pngFile({ width, height, depth, type, samples, interlaced, filters: [4, 3, 2, 1, 0] }), 'x.png');
        const eight = samples.map((sample) => Math.round((sample * 255) / (2 ** depth - 1)));
        const greyAlpha = Array.from({ length: width * height }, (_, at) => [0, 0, 0, 1].map((sample) => eight[at * 2 + sample]!)).flat();
        const expected = type === 4 ? greyAlpha : eight;
        expect(image).toEqual({ width, height, format: type === 0 ? 'grey' : type === 2 ? 'rgb' : 'rgba', data: Uint8Array.from(expected) });
      }
    }
  });

  test.each([1, 2, 4, 8])('palette of %i bits, with and without transparency', (depth) => {
    const samples = noise(35, 2);
    const palette = [10, 20, 30, 40, 50, 60];
    const opaque = decodePng(pngFile({ width: 7, height: 5, depth, type: 3, samples, palette }), 'x.png');
    expect(opaque.format).toBe('rgb');
    expect([...opaque.data]).toEqual(samples.flatMap((code) => palette.slice(code * 3, code * 3 + 3)));
    const clear = decodePng(pngFile({ width: 7, height: 5, depth, type: 3, samples, palette, transparency: [7] }), 'x.png');
    expect([...clear.data]).toEqual(samples.flatMap((code) => [...palette.slice(code * 3, code * 3 + 3), code === 0 ? 7 : 255]));
  });

  test('one transparent colour becomes alpha', () => {
    const file = pngFile({ width: 2, height: 1, depth: 8, type: 2, samples: [1, 2, 3, 4, 5, 6], transparency: [0, 4, 0, 5, 0, 6] });
    const image = decodePng(file, 'x.png');
    expect([...image.data]).toEqual([1, 2, 3, 255, 4, 5, 6, 0]);
  });

  test('reads what another encoder writes', () => {
    const data = Uint8Array.from(noise(13 * 7 * 3, 256));
    expect(decodePng(encode({ width: 13, height: 7, channels: 3, depth: 8, data }), 'x.png')).toEqual({ width: 13, height: 7, format: 'rgb', data });
  });

  const grey = { width: 2, height: 2, depth: 8, type: 0, samples: [1, 2, 3, 4] };
  const withData = (data: Uint8Array): Uint8Array => Buffer.concat([SIGNATURE, headerChunk(2, 2, 8, 0), chunk('IDAT', data)]);

  test.each<[string, Uint8Array, string, RegExp]>([
    ['a cut file', pngFile(grey).subarray(0, 45), 'broken-image', /leaves the file/],
    ['no header', Buffer.concat([SIGNATURE, chunk('IEND', new Uint8Array(0))]), 'broken-image', /no header/],
    ['no data', Buffer.concat([SIGNATURE, headerChunk(2, 2, 8, 0)]), 'broken-image', /cannot be decompressed/],
    ['data of another format', withData(Uint8Array.of(1, 2, 3)), 'broken-image', /cannot be decompressed/],
    ['too little data', withData(deflateSync(new Uint8Array(5))), 'broken-image', /has 5 bytes, 6 are needed/],
    ['data that grows without end', withData(deflateSync(new Uint8Array(50_000_000))), 'broken-image', /cannot be decompressed to 6 bytes/],
    ['an unknown row filter', withData(deflateSync(Uint8Array.of(5, 1, 2, 0, 3, 4))), 'broken-image', /row filter 5/],
    ['an unknown depth', Buffer.concat([SIGNATURE, headerChunk(2, 2, 3, 0)]), 'broken-image', /type 0 with 3 bits/],
    ['an unknown interlace', Buffer.concat([SIGNATURE, headerChunk(2, 2, 8, 0, 2)]), 'unsupported-image', /interlace 2/],
    ['too many pixels', Buffer.concat([SIGNATURE, headerChunk(65_535, 65_535, 8, 0)]), 'unsupported-image', /65535 x 65535 pixels, at most/],
    ['no pixels', Buffer.concat([SIGNATURE, headerChunk(0, 5, 8, 0)]), 'broken-image', /0 x 5/],
    ['a colour outside the palette', pngFile({ ...grey, type: 3, palette: [1, 2, 3] }), 'broken-image', /colour 1 is outside the PNG palette of 1/],
    ['a palette of 4 bytes', pngFile({ ...grey, type: 3, palette: [1, 2, 3, 4] }), 'broken-image', /palette of 4 bytes/],
  ])('refuses %s', (_, bytes, code, message) => {
    expect(() => decodePng(bytes, 'x.png')).toThrow(message);
    expect(() => decodePng(bytes, 'x.png')).toThrow(expect.objectContaining({ code, name: 'OptionError' }));
  });
});
