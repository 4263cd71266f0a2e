import jpeg from 'jpeg-js';
import { describe, expect, test } from 'vitest';
import { decodeJpeg } from '../../../sdk/vision/decoders/jpeg.ts';

/** Smooth gradients: RGB value `channel` of pixel (x, y). */
function colourAt(x: number, y: number, channel: number): number {
  return [x * 2, y * 3, 100][channel]!;
}

function encoded(width: number, height: number): Uint8Array {
  const data = Uint8Array.from({ length: width * height * 4 }, (_, at) => {
    const pixel = at >> 2;
    return at % 4 === 3 ? 255 : colourAt(pixel % width, Math.floor(pixel / width), at % 4);
  });
  return new Uint8Array(jpeg.encode({ width, height, data }, 95).data);
}

describe('jpeg', () => {
  test('decodes to RGB close to what was encoded', () => {
    const image = decodeJpeg(encoded(33, 17), 'x.jpg');
    expect([image.width, image.height, image.format, image.data.length]).toEqual([33, 17, 'rgb', 33 * 17 * 3]);
    const largest = image.data.reduce((most, value, at) => {
      const pixel = Math.floor(at / 3);
      return Math.max(most, Math.abs(value - colourAt(pixel % 33, Math.floor(pixel / 33), at % 3)));
    }, 0);
    expect(largest).toBeLessThanOrEqual(12);
  });

  const good = encoded(16, 16);
  /** Offset of the frame header's length. */
  const frame = good.findIndex((byte, at) => byte === 0xff && good[at + 1] === 0xc0) + 2;
  const changed = (at: number, ...bytes: readonly number[]): Uint8Array => {
    const copy = good.slice();
    copy.set(bytes, at);
    return copy;
  };

  test.each<[string, Uint8Array, string, RegExp]>([
    ['a file cut in its headers', good.subarray(0, 100), 'broken-image', /ends before its frame header/],
    ['a file cut in its data', good.subarray(0, good.length - 60), 'broken-image', /cannot be decoded/],
    ['no marker', changed(2, 0), 'broken-image', /no JPEG marker at byte 2/],
    ['a segment of no length', changed(4, 0, 1), 'broken-image', /segment of 1 bytes/],
    ['too many pixels', changed(frame + 3, 0xff, 0xff, 0xff, 0xff), 'unsupported-image', /65535 x 65535 pixels, at most/],
    ['more pixels than the file can hold', changed(frame + 3, 8, 0, 8, 0), 'broken-image', /bytes of JPEG cannot hold 2048 x 2048 pixels/],
    ['too many scans', Buffer.concat([good, Buffer.alloc(600, Uint8Array.of(0xff, 0xda))]), 'unsupported-image', /301 scans, at most 256/],
    ['no pixels', changed(frame + 3, 0, 0), 'broken-image', /16 x 0/],
    ['lossless coding', changed(frame - 1, 0xc3), 'unsupported-image', /SOF3; allowed: baseline and progressive/],
  ])('refuses %s', (_, bytes, code, message) => {
    expect(() => decodeJpeg(bytes, 'x.jpg')).toThrow(message);
    expect(() => decodeJpeg(bytes, 'x.jpg')).toThrow(expect.objectContaining({ code, name: 'OptionError' }));
  });
});
