import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Where the folder of real models and pictures is looked for. */
export const assetsFolder = resolve(process.env['HALFBYTE_ASSETS'] ?? '../shared/assets');

/** The folder, or undefined where it is missing: tests that need it skip and say so. */
export const assets: string | undefined = existsSync(assetsFolder) ? assetsFolder : undefined;

/** Every real model, where the assets are present. */
export const realModels: readonly { name: string; path: string }[] = assets === undefined
  ? []
  : readdirSync(join(assets, 'models')).filter((name) => name.endsWith('.tflite')).map((name) => ({ name, path: join(assets, 'models', name) }));
