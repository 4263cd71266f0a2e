import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PACKAGE = 'node_modules/@litertjs/core';
/** Its scripts for Emscripten are CommonJS in a package of modules. */
const SCRIPTS = 'litert';
const TYPES = 'var DATATYPES = Object.freeze([';
const INT8 = '{ dtype: "int8", typedArrayConstructor: Int8Array, elementType: ElementType.INT8 },';

/** The library; `int8` takes the copy whose table of tensor types has one more row, since the published one refuses int8 inputs and outputs. */
export function litertEntry(folder: string, int8: boolean): string {
  return join(folder, PACKAGE, 'dist', int8 ? 'index.int8.js' : 'index.js');
}

/** What the library is asked to load: the build without relaxed SIMD by name, else the folder, from which it picks. */
export function litertScript(folder: string, variant: string): string {
  return variant === 'compat' ? join(folder, SCRIPTS, 'litert_wasm_compat_internal.js') : join(folder, SCRIPTS);
}

/** Folder of the .wasm files. */
export function litertWasm(folder: string): string {
  return join(folder, PACKAGE, 'wasm');
}

/** Makes the patched library and the copies of the scripts after an installation in `folder`. */
export function prepareLitert(folder: string): void {
  const library = readFileSync(litertEntry(folder, false), 'utf8');
  if (!library.includes(TYPES)) {
    throw new Error(`${litertEntry(folder, false)}: no table of tensor types, which the pinned version has: delete ${folder} to install it again`);
  }
  writeFileSync(litertEntry(folder, true), library.replace(TYPES, `${TYPES}${INT8}`));
  const scripts = join(folder, SCRIPTS);
  mkdirSync(scripts, { recursive: true });
  writeFileSync(join(scripts, 'package.json'), '{ "type": "commonjs" }\n');
  for (const file of readdirSync(litertWasm(folder))) {
    if (file.endsWith('.js')) writeFileSync(join(scripts, file), readFileSync(join(litertWasm(folder), file)));
  }
}
