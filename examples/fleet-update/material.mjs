import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** A grey 48x48 picture with diagonal stripes, as a BMP file. */
function stripes(period) {
  const [size, header] = [48, 14 + 40 + 1024];
  const bmp = Buffer.alloc(header + size * size);
  bmp.write('BM');
  bmp.writeUInt32LE(bmp.length, 2);
  bmp.writeUInt32LE(header, 10);
  for (const [at, value] of [[14, 40], [18, size], [22, size], [34, size * size], [46, 256]]) bmp.writeUInt32LE(value, at);
  bmp.writeUInt16LE(1, 26);
  bmp.writeUInt16LE(8, 28);
  for (let grey = 0; grey < 256; grey++) bmp.fill(grey, 54 + 4 * grey, 57 + 4 * grey);
  for (let y = 0; y < size; y++) for (let x = 0; x < size; x++) bmp[header + y * size + x] = (x + y) % period < period / 2 ? 230 : 30;
  return bmp;
}

/** The two models and the pictures of the demonstration: real ones where the assets folder is, else generated ones. */
export async function chooseMaterial(directory) {
  const assets = resolve(process.env.HALFBYTE_ASSETS ?? join(root, '..', 'shared', 'assets'));
  const inAssets = (...paths) => paths.map((path) => join(assets, path));
  const real = inAssets('models/person_detect_int8.tflite', 'models/vww_96_int8.tflite', 'images/person.bmp', 'images/no_person.bmp');
  if (real.every(existsSync)) {
    const [v1, v2, ...pictures] = real;
    return { what: `real person detectors and pictures of ${assets}`, v1, v2, pictures, expected: { 0: 1, 1: 0 }, chunkSize: 61_440 };
  }
  await mkdir(directory, { recursive: true });
  const pictures = [join(directory, 'fine.bmp'), join(directory, 'coarse.bmp')];
  await writeFile(pictures[0], stripes(6));
  await writeFile(pictures[1], stripes(24));
  const [v1, v2] = ['classifier-v1', 'classifier-v2'].map((name) => join(root, 'test', 'fixtures', `${name}.tflite`));
  const what = 'generated classifiers with random weights and striped pictures (set HALFBYTE_ASSETS for real ones)';
  return { what, v1, v2, pictures, chunkSize: 4096 };
}
