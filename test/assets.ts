import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

const folder = resolve(process.env['HALFBYTE_ASSETS'] ?? '../shared/assets');

/** Folder of real models and pictures, or undefined where it is missing: tests that need it skip and say so. */
export const assets: string | undefined = existsSync(folder) ? folder : undefined;
