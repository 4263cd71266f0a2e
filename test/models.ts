import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Model } from '../sdk/model.ts';
import type { Port } from '../sdk/runtime/types.ts';
import { assets } from './assets.ts';
import { seededBytes } from './fixtures/seeded.ts';

const folder = join(import.meta.dirname, 'fixtures');

/** Our own models, one per operator and edge case. */
export const fixtureModels: readonly { name: string; path: string }[] = readdirSync(folder)
  .filter((file) => file.endsWith('.tflite'))
  .map((file) => ({ name: file, path: join(folder, file) }));

/** The real models of the main path, where the assets are present. */
export const assetModels: readonly { name: string; path: string }[] = assets === undefined ? [] : [
  'person_detect_int8.tflite', 'vww_96_int8.tflite', 'resnet8_cifar10_int8.tflite', 'kws_dscnn_int8.tflite', 'ad01_int8.tflite',
].map((name) => ({ name, path: join(assets!, 'models', name) }));

/** Fills every input with seeded bytes. */
export function seedInputs(model: Model, seed: number): void {
  model.inputs.forEach((port, index) => {
    new Uint8Array(port.data.buffer, port.data.byteOffset, port.data.byteLength).set(seededBytes(seed + index, port.data.byteLength));
  });
}

/** SHA-256 over the bytes of all outputs. */
export function hashOutputs(outputs: readonly Port[]): string {
  const hash = createHash('sha256');
  for (const { data } of outputs) hash.update(Uint8Array.from(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)));
  return hash.digest('hex');
}
