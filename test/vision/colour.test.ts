import { expect, test } from 'vitest';
import { toChannels } from '../../sdk/vision/colour.ts';
import type { Image } from '../../sdk/vision/types.ts';

function pixels(channels: 1 | 3 | 4, ...data: readonly number[]): Image {
  return { width: data.length / channels, height: 1, channels, data: Uint8Array.from(data) };
}

test('grey is BT.601 luma rounded to the nearest', () => {
  const image = pixels(3, 255, 0, 0, 0, 255, 0, 0, 0, 255, 10, 20, 30, 255, 255, 255);
  expect([...toChannels(image, 1).data]).toEqual([0.299 * 255, 0.587 * 255, 0.114 * 255, 0.299 * 10 + 0.587 * 20 + 0.114 * 30, 255].map(Math.round));
});

test('grey survives the way to RGB and back for all values', () => {
  const grey = pixels(1, ...Array.from({ length: 256 }, (_, value) => value));
  expect(toChannels(toChannels(grey, 3), 1).data).toEqual(grey.data);
});

test('alpha is dropped', () => {
  expect([...toChannels(pixels(4, 1, 2, 3, 0, 4, 5, 6, 9), 3).data]).toEqual([1, 2, 3, 4, 5, 6]);
  expect([...toChannels(pixels(4, 7, 7, 7, 0), 1).data]).toEqual([7]);
});

test('a picture with the right channels is returned as it is', () => {
  const image = pixels(3, 1, 2, 3);
  expect(toChannels(image, 3)).toBe(image);
});
