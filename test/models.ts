import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { assets } from './assets.ts';

const folder = join(import.meta.dirname, 'fixtures');

/** Our own models, one per operator and edge case. */
export const fixtureModels: readonly { name: string; path: string }[] = readdirSync(folder)
  .filter((file) => file.endsWith('.tflite'))
  .map((file) => ({ name: file, path: join(folder, file) }));

/** The real models of the main path, where the assets are present. */
export const assetModels: readonly { name: string; path: string }[] = assets === undefined ? [] : [
  'person_detect_int8.tflite', 'vww_96_int8.tflite', 'resnet8_cifar10_int8.tflite', 'kws_dscnn_int8.tflite', 'ad01_int8.tflite',
].map((name) => ({ name, path: join(assets!, 'models', name) }));

export { hashOutputs, seedInputs } from './ports.ts';
