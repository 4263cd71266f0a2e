import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { assets } from './assets.ts';

const folder = join(import.meta.dirname, 'fixtures');

/** Our own models, one per operator and edge case. */
export const fixtureModels: readonly { name: string; path: string }[] = readdirSync(folder)
  .filter((file) => file.endsWith('.tflite'))
  .map((file) => ({ name: file, path: join(folder, file) }));

function inAssets(...names: readonly string[]): readonly { name: string; path: string }[] {
  return assets === undefined ? [] : names.map((name) => ({ name, path: join(assets!, 'models', name) }));
}

/** The real models of the main path, where the assets are present. */
export const assetModels = inAssets(
  'person_detect_int8.tflite', 'vww_96_int8.tflite', 'resnet8_cifar10_int8.tflite', 'kws_dscnn_int8.tflite', 'ad01_int8.tflite',
  'streaming_wakeword_int8.tflite', 'movenet_single_pose_lightning_ptq.tflite',
);

export { hashOutputs, seedInputs } from './ports.ts';
