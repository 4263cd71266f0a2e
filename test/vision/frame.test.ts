import { describe, expect, test } from 'vitest';
import { OptionError } from '../../sdk/core/errors.ts';
import { planesOf } from '../../sdk/vision/frame.ts';
import type { Frame } from '../../sdk/vision/types.ts';

function frame(fields: Partial<Frame> & { bytes?: number }): Frame {
  const { bytes = 12, ...rest } = fields;
  return { width: 2, height: 2, format: 'rgb', data: new Uint8Array(bytes), ...rest };
}

describe('planesOf', () => {
  test.each<[string, Frame, readonly number[], number]>([
    ['rgb', frame({}), [0, 1, 2], 6],
    ['grey', frame({ format: 'grey', bytes: 4 }), [0, 0, 0], 2],
    ['rgba with padded rows', frame({ format: 'rgba', stride: 12, bytes: 24 }), [0, 1, 2], 12],
    ['the last row unpadded', frame({ format: 'rgba', stride: 12, bytes: 20 }), [0, 1, 2], 12],
    ['nv12', frame({ format: 'nv12', bytes: 6 }), [0, 4, 5], 2],
    ['i420', frame({ format: 'i420', bytes: 6 }), [0, 4, 5], 2],
    ['nv12 with padded rows', frame({ format: 'nv12', stride: 4, bytes: 12 }), [0, 8, 9], 4],
    ['i420 with padded rows', frame({ format: 'i420', stride: 4, bytes: 11 }), [0, 8, 10], 4],
  ])('%s', (_, given, offsets, stride) => {
    expect(planesOf(given, 'test')).toMatchObject({ offsets, stride });
  });

  test.each<[string, unknown, RegExp]>([
    ['an unknown format', frame({ format: 'bgr' as 'rgb' }), /^test: frame format 'bgr' is not one of: grey, rgb, rgba, nv12, i420$/],
    ['no format', { ...frame({}), format: undefined }, /frame format 'undefined'/],
    ['too few bytes', frame({ bytes: 11 }), /2 x 2 pixels in rgb with a stride of 6 need 12 bytes, got 11/],
    ['too many bytes', frame({ bytes: 13 }), /need 12 bytes, got 13/],
    ['rows that need padding', frame({ stride: 8 }), /need 14 to 16 bytes, got 12/],
    ['a stride below a row', frame({ stride: 5 }), /stride 5; rows of 2 pixels in rgb need bytes from 6/],
    ['a stride that is no number', frame({ stride: NaN }), /stride NaN/],
    ['a stride beyond any frame', frame({ stride: 2 ** 31 - 1 }), /got 12/],
    ['a stride beyond exact numbers', frame({ height: 1, stride: 2 ** 80, bytes: 0 }), /stride 1\.2\d*e\+24; rows of 2 pixels in rgb need bytes from 6 to 2147483647/],
    ['no frame', undefined, /^test: undefined is no frame: pass what decodeImage\(\) gives/],
    ['nothing for a frame', null, /^test: null is no frame/],
    ['a width of another type', { ...frame({}), width: 2n }, /a frame of 2 x 2 pixels/],
    ['a width that is a symbol', { ...frame({}), width: Symbol('w') }, /a frame of Symbol\(w\) x 2 pixels/],
    ['a format that is a symbol', { ...frame({}), format: Symbol('f') }, /frame format 'Symbol\(f\)' is not one of/],
    ['a format that cannot be text', { ...frame({}), format: Object.create(null) as unknown }, /frame format 'a value of type object' is not one of/],
    ['a stride that cannot be text', { ...frame({}), stride: Object.create(null) as unknown }, /stride a value of type object/],
    ['width 0', frame({ width: 0, bytes: 0 }), /a frame of 0 x 2 pixels; allowed are whole numbers from 1/],
    ['a broken height', frame({ height: 1.5 }), /a frame of 2 x 1.5 pixels/],
    ['a negative height', frame({ height: -2 }), /a frame of 2 x -2/],
    ['width as text', frame({ width: '2' as unknown as number }), /a frame of 2 x 2 pixels/],
    ['too many pixels', frame({ width: 2 ** 20, height: 2 ** 20 }), /at most 16777216 pixels/],
    ['an odd width of nv12', frame({ format: 'nv12', width: 3 }), /an nv12 frame of 3 x 2 pixels; width and height must be even/],
    ['an odd height of i420', frame({ format: 'i420', height: 3 }), /width and height must be even/],
    ['an odd stride of i420', frame({ format: 'i420', stride: 3 }), /stride 3; rows of 2 pixels in i420 need an even number of bytes from 2/],
    ['no bytes at all', { ...frame({}), data: [1, 2, 3] }, /the data of a frame must be a Uint8Array/],
  ])('refuses %s', (_, given, message) => {
    expect(() => planesOf(given as Frame, 'test')).toThrow(OptionError);
    expect(() => planesOf(given as Frame, 'test')).toThrow(message);
  });
});
