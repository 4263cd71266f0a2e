import { createHash } from 'node:crypto';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { MANIFEST, type VariantManifest } from '../../sdk/variants/manifest.ts';

export type Row = VariantManifest['variants'][number];

/** What the manifest says of a file. */
export function rowOf(name: string, path: string, inputShape: number[]): Row {
  const content = readFileSync(path);
  return {
    name, file: `${name}.tflite`, precision: 'int8', accuracy: { value: 0.5, measuredOn: 'nothing' }, bytes: content.length,
    sha256: createHash('sha256').update(content).digest('hex'), inputShape,
  };
}

/** A directory of variants that is removed after the test. */
export function variantsIn(rows: readonly { row: Row; path: string }[]): string {
  const directory = mkdtempSync(join(tmpdir(), 'variants-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  for (const { row, path } of rows) copyFileSync(path, join(directory, row.file));
  writeFileSync(join(directory, MANIFEST), JSON.stringify({ format: 1, variants: rows.map(({ row }) => row) } satisfies VariantManifest));
  return directory;
}

const fixture = (name: string): string => join(import.meta.dirname, `../fixtures/${name}.tflite`);

/** A classifier of grey pictures, and a larger one of colour pictures. */
export const GREY = { path: fixture('classifier-v1'), row: rowOf('grey', fixture('classifier-v1'), [1, 48, 48, 1]) };
export const COLOUR = { path: fixture('classifier-v2'), row: rowOf('colour', fixture('classifier-v2'), [1, 48, 48, 3]) };
