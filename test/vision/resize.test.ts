import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { resize, type Pixels } from '../../sdk/vision/reference.ts';

function picture(width: number, height: number, channels: 1 | 3, value: (x: number, y: number, channel: number) => number): Pixels {
  const data = new Uint8Array(width * height * channels);
  data.forEach((_, at) => {
    const pixel = Math.floor(at / channels);
    data[at] = value(pixel % width, Math.floor(pixel / width), at % channels);
  });
  return { width, height, channels, data };
}

/** Bilinear with half-pixel centres in doubles. */
function exact(image: Pixels, width: number, height: number, x: number, y: number, channel: number): number {
  const at = (target: number, size: number, extent: number): [number, number, number] => {
    const position = Math.min(Math.max(((target + 0.5) * extent) / size - 0.5, 0), extent - 1);
    const first = Math.floor(position);
    return [first, Math.min(first + 1, extent - 1), position - first];
  };
  const [left, right, across] = at(x, width, image.width);
  const [top, bottom, down] = at(y, height, image.height);
  const value = (column: number, row: number): number => image.data[(row * image.width + column) * image.channels + channel]!;
  const upper = value(left, top) * (1 - across) + value(right, top) * across;
  const lower = value(left, bottom) * (1 - across) + value(right, bottom) * across;
  return upper * (1 - down) + lower * down;
}

describe('resize', () => {
  test('a picture of the right size is not resampled', () => {
    const image = picture(4, 3, 3, (x, y, channel) => x * 16 + y * 4 + channel);
    for (const mode of ['stretch', 'letterbox', 'crop'] as const) expect(resize(image, { width: 4, height: 3 }, mode)).toEqual(image);
  });

  test('stretch is bilinear with half-pixel centres, within the rounding of its weights', () => {
    const size = fc.integer({ min: 1, max: 24 });
    fc.assert(fc.property(size, size, size, size, fc.constantFrom<1 | 3>(1, 3), fc.integer(), (width, height, toWidth, toHeight, channels, seed) => {
      const noise = (x: number, y: number, c: number): number => Math.imul(seed ^ (x * 7919 + y * 104_729 + c * 31), 2_654_435_761) >>> 24;
      const image = picture(width, height, channels, noise);
      const out = resize(image, { width: toWidth, height: toHeight }, 'stretch');
      expect([out.width, out.height, out.channels, out.data.length]).toEqual([toWidth, toHeight, channels, toWidth * toHeight * channels]);
      out.data.forEach((value, at) => {
        const pixel = Math.floor(at / channels);
        const wanted = exact(image, toWidth, toHeight, pixel % toWidth, Math.floor(pixel / toWidth), at % channels);
        expect(Math.abs(value - wanted)).toBeLessThan(0.5 + 255 * 2 ** -11);
      });
    }), { numRuns: 100, seed: 5 });
  });

  test('white stays white', () => {
    expect(resize(picture(7, 5, 3, () => 255), { width: 13, height: 11 }, 'stretch').data.every((value) => value === 255)).toBe(true);
  });

  test('letterbox keeps the aspect ratio and centres between black bars', () => {
    const wide = resize(picture(8, 4, 1, () => 200), { width: 6, height: 6 }, 'letterbox');
    expect([...wide.data]).toEqual([...Array<number>(6).fill(0), ...Array<number>(18).fill(200), ...Array<number>(12).fill(0)]);
    const tall = resize(picture(2, 8, 1, () => 200), { width: 4, height: 4 }, 'letterbox');
    expect([...tall.data]).toEqual(Array.from({ length: 16 }, (_, at) => (at % 4 === 1 ? 200 : 0)));
    expect(resize(picture(1000, 1, 1, () => 9), { width: 10, height: 10 }, 'letterbox').data.filter((value) => value === 9).length).toBe(10);
  });

  test('crop keeps the aspect ratio and cuts both ends of the longer side', () => {
    const image = picture(6, 2, 1, (x) => x * 10);
    expect([...resize(image, { width: 2, height: 2 }, 'crop').data]).toEqual([20, 30, 20, 30]);
    const tall = picture(2, 6, 1, (_, y) => y * 10);
    expect([...resize(tall, { width: 2, height: 2 }, 'crop').data]).toEqual([20, 20, 30, 30]);
  });
});
