import { describe, expect, test } from 'vitest';
import { decodeBmp } from '../../../sdk/vision/decoders/bmp.ts';
import { bmpFile } from './bmp-file.ts';

const colours = [[1, 2, 3], [40, 50, 60]] as const;

describe('bmp', () => {
  test('1 bit with a palette, bottom row first', () => {
    const rows = [[0b10000000, 0b10000000], [0b01111111, 0]];
    const image = decodeBmp(bmpFile({ width: 9, height: 2, bits: 1, palette: [...colours], rows }), 'x.bmp');
    const codes = [0, 1, 1, 1, 1, 1, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1];
    expect(image).toEqual({ width: 9, height: 2, format: 'rgb', data: Uint8Array.from(codes.flatMap((code) => colours[code as 0 | 1])) });
  });

  test('4 bits, old header of 12 bytes', () => {
    const palette = Array.from({ length: 16 }, (_, at) => [at, 2 * at, 3 * at] as const);
    const image = decodeBmp(bmpFile({ width: 3, height: 1, bits: 4, core: true, palette, rows: [[0x5a, 0x10]] }), 'x.bmp');
    expect([...image.data]).toEqual([5, 10, 15, 10, 20, 30, 1, 2, 3]);
  });

  test('8 bits with a grey palette is one channel', () => {
    const palette = Array.from({ length: 256 }, (_, at) => [255 - at, 255 - at, 255 - at] as const);
    const image = decodeBmp(bmpFile({ width: 3, height: 2, bits: 8, palette, rows: [[3, 4, 5], [0, 1, 2]] }), 'x.bmp');
    expect(image).toEqual({ width: 3, height: 2, format: 'grey', data: Uint8Array.of(255, 254, 253, 252, 251, 250) });
  });

  test('24 bits from the bottom and from the top', () => {
    const rows = [[3, 2, 1], [6, 5, 4]];
    expect([...decodeBmp(bmpFile({ width: 1, height: 2, bits: 24, rows }), 'x').data]).toEqual([4, 5, 6, 1, 2, 3]);
    expect([...decodeBmp(bmpFile({ width: 1, height: -2, bits: 24, rows }), 'x').data]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('32 bits: the fourth byte is alpha only where a mask says so', () => {
    const rows = [[3, 2, 1, 9]];
    const rgb = { width: 1, height: 1, format: 'rgb', data: Uint8Array.of(1, 2, 3) };
    expect(decodeBmp(bmpFile({ width: 1, height: 1, bits: 32, rows }), 'x')).toEqual(rgb);
    const masks = [0xff, 0xff00, 0xff0000, 0xff000000];
    expect(decodeBmp(bmpFile({ width: 1, height: 1, bits: 32, rows, masks }), 'x')).toEqual({ ...rgb, format: 'rgba', data: Uint8Array.of(3, 2, 1, 9) });
    expect(decodeBmp(bmpFile({ width: 1, height: 1, bits: 32, rows, masks: masks.slice(0, 3) }), 'x').data).toEqual(Uint8Array.of(3, 2, 1));
  });

  /** An 8-bit grey file of `size` x `size` pixels. */
  function greyFile(size: number, value: (x: number, y: number) => number): Uint8Array {
    const palette = Array.from({ length: 256 }, (_, at) => [at, at, at] as const);
    const rows = Array.from({ length: size }, (_, y) => Array.from({ length: size }, (__, x) => value(x, y)));
    return bmpFile({ width: size, height: -size, bits: 8, palette, rows });
  }

  test('a grey file of int8 codes becomes pixels, a photograph, text and a checkerboard stay what they are', () => {
    const smooth = (x: number, y: number): number => Math.round(128 + 60 * Math.sin(x / 5) + 60 * Math.cos(y / 7));
    const photograph = decodeBmp(greyFile(64, smooth), 'x.bmp');
    expect(photograph.storedAs).toBeUndefined();
    expect(decodeBmp(greyFile(64, (x, y) => smooth(x, y) ^ 0x80), 'x.bmp')).toEqual({ ...photograph, storedAs: 'int8' });
    for (const value of [(x: number, y: number) => ((x ^ y) & 4 ? 255 : 0), (x: number, y: number) => ((x * y) % 7 ? 250 : 8), () => 128]) {
      const image = decodeBmp(greyFile(64, value), 'x.bmp');
      expect(image.storedAs).toBeUndefined();
      expect(image.data[64 * 3 + 5]).toBe(value(5, 3));
    }
  });

  const good = bmpFile({ width: 1, height: 2, bits: 24, rows: [[3, 2, 1], [6, 5, 4]] });

  test.each<[string, Uint8Array, string, RegExp]>([
    ['a cut header', good.subarray(0, 20), 'broken-image', /ends inside its header/],
    ['cut pixels', good.subarray(0, good.length - 1), 'broken-image', /has 61 bytes, 1 x 2 pixels of 24 bits end at byte 62/],
    ['a cut palette', bmpFile({ width: 1, height: 1, bits: 8, palette: [[1, 2, 3]], rows: [] }).subarray(0, 56), 'broken-image', /palette/],
    ['an unknown colour', bmpFile({ width: 1, height: 1, bits: 8, palette: [[1, 2, 3]], rows: [[9]] }), 'broken-image', /colour 9 is outside/],
    ['16 bits', bmpFile({ width: 1, height: 1, bits: 16, rows: [[1, 2]] }), 'unsupported-image', /16 bits a pixel; allowed: 1, 4, 8, 24, 32/],
    ['run-length coding', bmpFile({ width: 1, height: 1, bits: 8, compression: 1, rows: [[1, 2]] }), 'unsupported-image', /compression 1/],
    ['masks of 5 bits', bmpFile({ width: 1, height: 1, bits: 32, masks: [0x1f, 0x3e0, 0x7c00], rows: [[1]] }), 'unsupported-image', /mask 0x1f/],
    ['too many pixels', bmpFile({ width: 2 ** 30, height: 2 ** 30, bits: 1, rows: [] }), 'unsupported-image', /at most 16777216/],
    ['a negative width', bmpFile({ width: -4, height: 1, bits: 24, rows: [] }), 'broken-image', /-4 x 1/],
  ])('refuses %s', (_, bytes, code, message) => {
    expect(() => decodeBmp(bytes, 'x.bmp')).toThrow(message);
    expect(() => decodeBmp(bytes, 'x.bmp')).toThrow(expect.objectContaining({ code, name: 'OptionError' }));
  });
});
