import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { Model } from '../sdk/model.ts';

const FIXTURE = join(import.meta.dirname, 'fixtures/classifier-v1.tflite');
const folder = mkdtempSync(join(tmpdir(), 'halfbyte-model-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('a file URL is named as its path is', async () => {
  const path = join(folder, 'my model é.tflite');
  await expect(Model.load(pathToFileURL(path))).rejects.toThrow(`model '${path}': cannot be read (ENOENT)`);
  cpSync(FIXTURE, path);
  await using model = await Model.load(pathToFileURL(path), { threads: 1 });
  expect(model.name).toBe('my model é.tflite');
});

test.each([
  ['nothing', undefined, 'found Undefined;'],
  ['an ArrayBuffer', new ArrayBuffer(8), 'found ArrayBuffer; must be the path or file URL of a model file, or its bytes as a Uint8Array: pass new Uint8Array(buffer)'],
  ['an address of the web', new URL('https://models.example/a.tflite'), "found 'https://models.example/a.tflite';"],
])('says what can be loaded: %s', async (_, source, message) => {
  await expect(Model.load(source as never)).rejects.toThrow(expect.objectContaining({ code: 'invalid-option', message: expect.stringContaining(message) as string }));
});

test.each(['x', undefined])('says how the reference can round: %s', async (mode) => {
  await using model = await Model.load(new Uint8Array(readFileSync(FIXTURE)), { threads: 1 });
  await expect(model.interpret(mode as never)).rejects.toThrow(/^Model\.interpret: .*"float" \| "tflite-single" \| "tflite-double"/);
});
