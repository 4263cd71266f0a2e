import { expect, test } from 'vitest';
import { upright } from '../../../sdk/vision/decoders/upright.ts';
import type { Image } from '../../../sdk/vision/types.ts';

/** 1 2 3 above 4 5 6. */
const image: Image = { width: 3, height: 2, format: 'grey', data: Uint8Array.of(1, 2, 3, 4, 5, 6) };

test.each([
  [1, '123 456'], [2, '321 654'], [3, '654 321'], [4, '456 123'], [5, '14 25 36'], [6, '41 52 63'], [7, '63 52 41'], [8, '36 25 14'],
] as const)('orientation %i', (orientation, rows) => {
  const { width, height, data } = upright(image, orientation);
  expect([width, height]).toEqual([rows.indexOf(' '), rows.split(' ').length]);
  expect([...data].join('')).toBe(rows.replaceAll(' ', ''));
});

test('whole pixels are moved', () => {
  const { data } = upright({ width: 2, height: 1, format: 'rgb', data: Uint8Array.of(1, 2, 3, 4, 5, 6) }, 2);
  expect([...data]).toEqual([4, 5, 6, 1, 2, 3]);
});
