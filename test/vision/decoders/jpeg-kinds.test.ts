import { describe, expect, test } from 'vitest';
import { decodeJpeg } from '../../../sdk/vision/decoders/jpeg.ts';
import { colourJpeg, greyJpeg, segment, without, withSegments } from './jpeg-file.ts';

const ADOBE = [0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0];
const EXIF = [0x45, 0x78, 0x69, 0x66, 0, 0];

describe('colours', () => {
  /** Luma 200, both chroma 128. */
  const grey = colourJpeg(8, 8, () => 0xc8c8c8);
  const bare = without(grey, 0xe0);
  const first = (file: Uint8Array): number[] => [...decodeJpeg(file, 'x.jpg').data.subarray(0, 3)];

  test('Adobe transform 0 is RGB, 1 is luma and chroma', () => {
    expect(first(withSegments(bare, segment(0xee, ...ADOBE, 0)))).toEqual([200, 128, 128]);
    expect(first(withSegments(bare, segment(0xee, ...ADOBE, 1)))).toEqual([200, 200, 200]);
  });

  test('components named R, G and B are RGB, unless the file is JFIF', () => {
    const named = (file: Uint8Array): Uint8Array => {
      const copy = file.slice();
      const places: [number, number, number][] = [[0xc0, 10, 3], [0xda, 5, 2]];
      for (const [marker, offset, step] of places) {
        const at = copy.findIndex((byte, index) => byte === 0xff && copy[index + 1] === marker) + offset;
        Array.from('RGB').forEach((letter, component) => { copy[at + component * step] = letter.charCodeAt(0); });
      }
      return copy;
    };
    expect(first(named(bare))).toEqual([200, 128, 128]);
    expect(first(named(grey))).toEqual([200, 200, 200]);
    expect(first(bare)).toEqual([200, 200, 200]);
  });
});

test('a frame of Motion JPEG without Huffman tables has the standard ones', () => {
  const file = colourJpeg(40, 24, (x, y) => (x * 6 << 16) | (y * 10 << 8) | ((x ^ y) * 4));
  expect(decodeJpeg(without(file, 0xc4), 'x.jpg')).toEqual(decodeJpeg(file, 'x.jpg'));
});

describe('restart intervals of one component', () => {
  test('decode where they are full', () => {
    const { data, format } = decodeJpeg(greyJpeg(5, 4, 10), 'x.jpg');
    expect(format).toBe('grey');
    expect([...data.subarray(0, 40)].filter((_, x) => x % 8 === 3)).toEqual([128, 132, 136, 140, 144]);
  });

  test('are unsupported where the last one is cut', () => {
    expect(() => decodeJpeg(greyJpeg(5, 4, 6), 'x.jpg')).toThrow(expect.objectContaining({
      code: 'unsupported-image', message: 'x.jpg: a JPEG scan of one component ends inside a restart interval: save the picture without restart markers',
    }));
  });
});

describe('cost', () => {
  const small = segment(0xc0, 8, 0, 8, 0, 8, 1, 1, 0x11, 0);
  const large = segment(0xc0, 8, 0x10, 0, 0x10, 0, 4, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0, 4, 0x11, 0);

  test.each<[string, number[]]>([
    ['behind the first', [...small, ...large]],
    ['behind a scan', [...small, ...segment(0xc4, 0), ...segment(0xda, 1, 1, 0, 0, 63, 0), 1, 2, 0xff, 0, 3, ...large]],
  ])('a second frame header is refused: %s', (_, segments) => {
    expect(() => decodeJpeg(Uint8Array.of(0xff, 0xd8, ...segments, 0xff, 0xd9), 'x.jpg')).toThrow(/has a second frame header at byte/);
  });

  test('one hidden from the walk over segments gets no memory', () => {
    const file = Uint8Array.of(0xff, 0xd8, ...small, 0xff, 0, ...large, 0xff, 0xd9);
    expect(() => decodeJpeg(file, 'x.jpg')).toThrow(/maxMemoryUsageInMB limit exceeded/);
  });

  test('the blocks of all components count', () => {
    const [one, four] = [[1, 0x11, 0], [1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0, 4, 0x11, 0]];
    const file = (...components: number[]): Uint8Array => Uint8Array.of(
      0xff, 0xd8, ...segment(0xc0, 8, 0, 128, 0, 128, components.length / 3, ...components), ...segment(0xfe, ...new Array<number>(60).fill(0)), 0xff, 0xd9,
    );
    expect(() => decodeJpeg(file(...four), 'x.jpg')).toThrow(/bytes of JPEG cannot hold 128 x 128 pixels/);
    expect(() => decodeJpeg(file(...one), 'x.jpg')).toThrow(/cannot be decoded/);
  });

  test('two components are no colour', () => {
    const file = Uint8Array.of(0xff, 0xd8, ...segment(0xc0, 8, 0, 8, 0, 8, 2, 1, 0x11, 0, 2, 0x11, 0), 0xff, 0xd9);
    expect(() => decodeJpeg(file, 'x.jpg')).toThrow(/a JPEG file of 2 components; allowed: 1, 3 and 4/);
  });

  test('pictures behind the end and in segments are not looked at', () => {
    const file = colourJpeg(8, 8, () => 0x808080);
    expect(decodeJpeg(Uint8Array.of(...file, ...file), 'x.jpg').width).toBe(8);
    expect(decodeJpeg(withSegments(file, segment(0xe1, ...EXIF, ...file)), 'x.jpg').width).toBe(8);
  });
});

describe('EXIF orientation', () => {
  const file = colourJpeg(16, 8, (x) => (x < 8 ? 0 : 0xffffff));
  const exif = (value: number, order: 'II' | 'MM' = 'MM', type = 3): number[] => {
    const fields = [[0, 42], [0, 0, 0, 8], [0, 1], [1, 0x12], [0, type], [0, 0, 0, 1], [0, value], [0, 0]];
    const bytes = fields.flatMap((field) => (order === 'MM' ? field : field.toReversed()));
    return segment(0xe1, ...EXIF, order.charCodeAt(0), order.charCodeAt(1), ...bytes);
  };
  const sizeAndFirst = (...segments: number[][]): number[] => {
    const { width, height, data } = decodeJpeg(withSegments(file, ...segments), 'x.jpg');
    return [width, height, data[0]!];
  };

  test.each([[1, [16, 8, 0]], [2, [16, 8, 255]], [3, [16, 8, 255]], [4, [16, 8, 0]], [5, [8, 16, 0]], [6, [8, 16, 0]], [7, [8, 16, 255]], [8, [8, 16, 255]]])(
    '%i', (value, expected) => {
      expect(sizeAndFirst(exif(value))).toEqual(expected);
      expect(sizeAndFirst(exif(value, 'II'))).toEqual(expected);
    },
  );

  test('anything odd counts as 1', () => {
    const whole = exif(6);
    for (const odd of [exif(0), exif(9), exif(6, 'MM', 4), exif(6).with(10, 0x4e)]) expect(sizeAndFirst(odd)).toEqual([16, 8, 0]);
    for (let bytes = 6; bytes < whole.length - 6; bytes++) expect(sizeAndFirst(segment(0xe1, ...whole.slice(4, bytes)))).toEqual([16, 8, 0]);
  });
});
