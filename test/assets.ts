import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

const folder = resolve(process.env['HALFBYTE_ASSETS'] ?? '../shared/assets');

/** Folder of real models and pictures, or undefined where it is missing: tests that need it skip and say so. */
export const assets: string | undefined = existsSync(folder) ? folder : undefined;

/** Every real model, where the assets are present. */
export const realModels: readonly { name: string; path: string }[] = assets === undefined
  ? []
  : readdirSync(join(assets, 'models')).filter((name) => name.endsWith('.tflite')).map((name) => ({ name, path: join(assets, 'models', name) }));
