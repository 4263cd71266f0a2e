// Generates the register tiles and compiles kernels/ to build/kernels/*.wasm; does nothing when no source changed.
import { createHash } from 'node:crypto';
import { access, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const GENERATORS = join(ROOT, 'kernels/gen');
const GENERATED = join(ROOT, 'kernels/generated');
const OUTPUT = join(ROOT, 'build/kernels');
const STAMP = join(OUTPUT, 'stamp');
const TARGETS = ['baseline', 'relaxed'];

/** A reader sees the whole old or the whole new file. */
async function writeWhole(file, contents) {
  const part = `${file}.${process.pid}`;
  await writeFile(part, contents);
  await rename(part, file);
}

async function sourceHash() {
  const entries = await readdir(join(ROOT, 'kernels'), { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile() && !entry.parentPath.startsWith(GENERATED)).map((entry) => join(entry.parentPath, entry.name));
  const hash = createHash('sha256').update(createRequire(import.meta.url)('assemblyscript/package.json').version);
  for (const file of [...files, fileURLToPath(import.meta.url), join(ROOT, 'asconfig.json')].sort()) {
    hash.update(relative(ROOT, file)).update(await readFile(file));
  }
  return hash.digest('hex');
}

async function isBuilt(hash) {
  try {
    await Promise.all(TARGETS.map((target) => access(join(OUTPUT, `${target}.wasm`))));
    return await readFile(STAMP, 'utf8') === hash;
  } catch (error) {
    if (error.code === 'ENOENT') return false;
    throw error;
  }
}

async function generate() {
  await mkdir(GENERATED, { recursive: true });
  for (const file of await readdir(GENERATORS)) {
    const generator = await import(pathToFileURL(join(GENERATORS, file)).href);
    for (const [name, source] of Object.entries(generator.generate())) await writeWhole(join(GENERATED, name), source);
  }
}

/** Kernels that need relaxed SIMD compile to empty functions without it: their exports go before the module is optimized. */
function dropRelaxedExports(binaryen, module) {
  const names = [...Array(module.getNumExports()).keys()].map((index) => binaryen.getExportInfo(module.getExportByIndex(index)).name);
  for (const name of names) if (name.endsWith('_rd')) module.removeExport(name);
}

async function compile(target) {
  const [asc, { default: binaryen }] = await Promise.all([import('assemblyscript/asc'), import('assemblyscript/binaryen')]);
  const written = [];
  const { error, stderr } = await asc.main(['--config', 'asconfig.json', '--target', target, '--baseDir', ROOT], {
    transforms: target === 'relaxed' ? [] : [{ afterCompile: (module) => dropRelaxedExports(binaryen, module) }],
    writeFile: (name, contents) => void written.push([name, contents]),
  });
  if (error) throw new Error(`asc --target ${target}: ${error.message}\n${stderr.toString()}`);
  for (const [name, contents] of written) await writeWhole(join(OUTPUT, basename(name)), contents);
}

/** Builds the kernel modules where their sources changed. */
export async function buildKernels() {
  const hash = await sourceHash();
  if (await isBuilt(hash)) return;
  await generate();
  await mkdir(OUTPUT, { recursive: true });
  for (const target of TARGETS) await compile(target);
  await writeWhole(STAMP, hash);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildKernels();
