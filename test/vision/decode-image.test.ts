import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { imageDecoders } from '../../sdk/vision/decoders/index.ts';
import { decodeImage } from '../../sdk/vision/decode-image.ts';
import { assets } from '../assets.ts';
import { bmpFile } from './decoders/bmp-file.ts';

test('an unknown file is refused with the known formats', async () => {
  const gif = Uint8Array.of(0x47, 0x49, 0x46, 0x38);
  await expect(decodeImage(gif, 'x.gif')).rejects.toThrow('x.gif: the file starts with 47 49 46 38, which is not one of: BMP, JPEG, PNG');
  await expect(decodeImage(new Uint8Array(0))).rejects.toThrow(/picture: the file starts with nothing/);
});

test('a path is refused: the file must be read first', async () => {
  await expect(decodeImage('x.jpg' as never)).rejects.toThrow("picture: found 'x.jpg'; must be the bytes of a file as a Uint8Array: pass what readFile() gives");
});

test('the first bytes choose the decoder, and no two formats claim the same file', async () => {
  const bytes = bmpFile({ width: 1, height: 1, bits: 24, rows: [[1, 2, 3]] });
  expect(imageDecoders.filter((decoder) => decoder.detect(bytes)).map(({ name }) => name)).toEqual(['BMP']);
  expect((await decodeImage(bytes)).data).toEqual(Uint8Array.of(3, 2, 1));
});

describe.skipIf(!assets)('pictures of the assets', () => {
  test.each([
    ['person.bmp', 96, 96, 'grey'], ['no_person.bmp', 96, 96, 'grey'], ['cat.bmp', 512, 341, 'rgb'], ['grace_hopper.bmp', 512, 600, 'rgb'], ['squat.bmp', 500, 610, 'rgb'],
    ['burger.jpg', 480, 325, 'rgb'], ['cats_and_dogs.jpg', 1200, 600, 'rgb'],
  ])('%s', async (name, width, height, format) => {
    const image = await decodeImage(readFileSync(join(assets!, 'images', name)), name);
    expect([image.width, image.height, image.format]).toEqual([width, height, format]);
  });
});
