import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Model } from 'halfbyte';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
/** Top-1 in percent as published with the models. */
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
    const path = join(real ? assets : join(root, 'test', 'fixtures'), `${file}.tflite`);
    const bytes = await readFile(path);
    const model = await Model.load(bytes, { threads: 1 });
    const inputShape = [...model.inputs[0].shape];
    await model.close();
    await copyFile(path, join(folder, `${name}.tflite`));
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    variants.push({ name, file: `${name}.tflite`, precision: 'int8', accuracy: { value: accuracy, measuredOn: 'top-1, ImageNet, as published' }, bytes: bytes.length, sha256, inputShape });
  }
  await writeFile(join(folder, 'variants.json'), JSON.stringify({ format: 1, variants }));
  return folder;
}
