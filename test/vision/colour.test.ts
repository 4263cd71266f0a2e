import { expect, test } from 'vitest';
import { COLOUR_RANGES } from '../../sdk/vision/colour.ts';
import { toPixels } from '../../sdk/vision/reference.ts';
import { CHANNELS, type Frame } from '../../sdk/vision/types.ts';

function pixels(format: keyof typeof CHANNELS, ...data: readonly number[]): Frame {
  return { width: data.length / CHANNELS[format], height: 1, format, data: Uint8Array.from(data) };
}

test('grey is BT.601 luma rounded to the nearest', () => {
  const frame = pixels('rgb', 255, 0, 0, 0, 255, 0, 0, 0, 255, 10, 20, 30, 255, 255, 255);
  expect([...toPixels(frame, 1, 'full').data]).toEqual([0.299 * 255, 0.587 * 255, 0.114 * 255, 0.299 * 10 + 0.587 * 20 + 0.114 * 30, 255].map(Math.round));
});

test('grey survives the way to RGB and back for all values', () => {
  const grey = pixels('grey', ...Array.from({ length: 256 }, (_, value) => value));
  const { data } = toPixels(grey, 3, 'full');
  expect(toPixels(pixels('rgb', ...data), 1, 'full').data).toEqual(grey.data);
});

test('alpha is dropped', () => {
  expect([...toPixels(pixels('rgba', 1, 2, 3, 0, 4, 5, 6, 9), 3, 'full').data]).toEqual([1, 2, 3, 4, 5, 6]);
  expect([...toPixels(pixels('rgba', 7, 7, 7, 0), 1, 'full').data]).toEqual([7]);
});

/** One 2 x 2 block of a colour. */
function block(format: 'nv12' | 'i420', y: number, u: number, v: number): Frame {
  return { width: 2, height: 2, format, data: Uint8Array.of(y, y, y, y, u, v) };
}

test.each(COLOUR_RANGES)('BT.601 in the %s range, to the nearest colour for all Y and many U and V', (range) => {
  const [black, luma, chroma] = range === 'full' ? [0, 255, 255] : [16, 219, 224];
  const clamp = (value: number): number => Math.min(Math.max(value, 0), 255);
  for (let y = 0; y < 256; y += 7) {
    for (let u = 0; u < 256; u += 17) {
      for (let v = 0; v < 256; v += 17) {
        const [a, b, c] = [(255 * (y - black)) / luma, (255 * (u - 128)) / chroma, (255 * (v - 128)) / chroma];
        const exact = [a + 1.402 * c, a - ((0.114 * 1.772) / 0.587) * b - ((0.299 * 1.402) / 0.587) * c, a + 1.772 * b].map(clamp);
        const colours = [...toPixels(block('nv12', y, u, v), 3, range).data.subarray(0, 3)];
        colours.forEach((colour, channel) => expect(Math.abs(colour - exact[channel]!)).toBeLessThan(0.51));
        expect([...toPixels(block('i420', y, u, v), 3, range).data.subarray(9)]).toEqual(colours);
      }
    }
    expect(Math.abs(toPixels(block('nv12', y, 0, 255), 1, range).data[3]! - clamp((255 * (y - black)) / luma))).toBeLessThan(0.51);
  }
});

test('U and V belong to 2 x 2 pixels, rows may be padded', () => {
  const padded: Frame = { width: 2, height: 2, stride: 4, format: 'nv12', data: Uint8Array.of(16, 235, 0, 0, 235, 16, 0, 0, 128, 128) };
  expect([...toPixels(padded, 1, 'limited').data]).toEqual([0, 255, 255, 0]);
  const luma = Array<number>(8).fill(81);
  const expected = [254, 0, 0, 254, 0, 0, 76, 76, 76, 76, 76, 76];
  const nv12: Frame = { width: 4, height: 2, format: 'nv12', data: Uint8Array.of(...luma, 90, 240, 128, 128) };
  expect([...toPixels(nv12, 3, 'limited').data]).toEqual([...expected, ...expected]);
  const i420: Frame = { width: 4, height: 2, format: 'i420', data: Uint8Array.of(...luma, 90, 128, 240, 128) };
  expect(toPixels(i420, 3, 'limited')).toEqual(toPixels(nv12, 3, 'limited'));
});
