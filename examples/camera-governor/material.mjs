import { existsSync } from 'node:fs';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeVariant } from 'halfbyte/variants';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
/** Top-1 as published with the models. */
const REAL = [['large', 'tf2_mobilenet_v2_1.0_224_ptq', 0.71], ['small', 'mobilenet_v1_0.25_128_quant', 0.395]];
const GENERATED = [['large', 'classifier-v2', 0.71], ['small', 'classifier-v1', 0.395]];

/** A folder with two variants of a classifier and their `variants.json`: MobileNets where the assets folder is, else generated ones. */
export async function makeVariants(directory) {
  const assets = resolve(process.env.HALFBYTE_ASSETS ?? join(root, '..', 'shared', 'assets'), 'models');
  const real = REAL.every(([, file]) => existsSync(join(assets, `${file}.tflite`)));
  const folder = join(directory, 'variants');
  await mkdir(folder);
  const variants = [];
  for (const [name, file, accuracy] of real ? REAL : GENERATED) {
    await copyFile(join(real ? assets : join(root, 'test', 'fixtures'), `${file}.tflite`), join(folder, `${name}.tflite`));
    variants.push(await describeVariant(folder, `${name}.tflite`, { name, precision: 'int8', accuracy: { value: accuracy, measuredOn: 'top-1, ImageNet, as published' } }));
  }
  await writeFile(join(folder, 'variants.json'), JSON.stringify({ format: 1, variants }));
  return folder;
}
