// Writes test/fixtures/*.tflite, small models with random weights; with --check compares them with the files that exist.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { MODELS } from './fixtures/models.mjs';
import { writeTflite } from './fixtures/write-tflite.mjs';

const FOLDER = new URL('../test/fixtures/', import.meta.url);
const MAX_BYTES = 300 * 1024;

/** A seed of its own for each name, so that a new model leaves the others as they are. */
function seedOf(name) {
  return [...name].reduce((hash, letter) => (Math.imul(hash, 31) + letter.charCodeAt(0)) | 0, 17);
}

function generate() {
  return Object.entries(MODELS).map(([name, model]) => ({ file: `${name}.tflite`, bytes: writeTflite(model(name, seedOf(name))) }));
}

function sameAsStored({ file, bytes }) {
  try {
    return readFileSync(new URL(file, FOLDER)).equals(bytes);
  } catch {
    return false;
  }
}

const files = generate();
const total = files.reduce((sum, { bytes }) => sum + bytes.length, 0);
if (total > MAX_BYTES) throw new Error(`the fixtures take ${total} bytes; allowed are ${MAX_BYTES}`);
if (process.argv.includes('--check')) {
  const stored = readdirSync(FOLDER).filter((file) => file.endsWith('.tflite'));
  const extra = stored.filter((name) => !files.some(({ file }) => file === name));
  const wrong = [...files.filter((entry) => !sameAsStored(entry)).map(({ file }) => file), ...extra];
  if (wrong.length > 0) {
    console.error(`${fileURLToPath(FOLDER)}: not as generated: ${wrong.join(', ')}; run node scripts/fixtures.mjs`);
    process.exitCode = 1;
  } else {
    console.log(`${files.length} fixtures, ${total} bytes: as generated`);
  }
} else {
  for (const { file, bytes } of files) writeFileSync(new URL(file, FOLDER), bytes);
  console.log(`${files.length} fixtures, ${total} bytes`);
}
