// Builds kernels, worker, SDK, CLI and type declarations; does nothing when no source changed.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { buildKernels } from './build-kernels.mjs';
import { declare } from './declare.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(root);

const MODEL_ENTRIES = ['sdk/index.ts', 'sdk/vision.ts', 'sdk/audio.ts', 'sdk/variants.ts'];
const ENTRIES = [...MODEL_ENTRIES, 'sdk/fleet.ts', 'sdk/power.ts', 'sdk/devices.ts'];
const SOURCES = ['sdk', 'devices', 'kernels', 'scripts', 'package.json', 'package-lock.json', 'asconfig.json', 'tsconfig.json'];
const STAMP = 'build/stamp';
const { dependencies, peerDependencies } = JSON.parse(await readFile('package.json', 'utf8'));
const common = {
  bundle: true, platform: 'node', target: 'node20', external: Object.keys({ ...dependencies, ...peerDependencies }), legalComments: 'inline', logLevel: 'warning',
  minifyWhitespace: true, minifySyntax: true, lineLimit: 200,
};

async function* filesOf(path) {
  let entries;
  try {
    entries = await readdir(path, { withFileTypes: true });
  } catch (error) {
    if (error.code === 'ENOTDIR') yield path;
    else if (error.code !== 'ENOENT') throw error;
    return;
  }
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name !== 'generated') yield* filesOf(join(path, entry.name));
  }
}

async function sourceHash() {
  const hash = createHash('sha256');
  for (const source of SOURCES) for await (const file of filesOf(source)) hash.update(file).update(await readFile(file));
  return hash.digest('hex');
}

async function writeGenerated(name, source) {
  await mkdir('sdk/runtime/generated', { recursive: true });
  await writeFile(`sdk/runtime/generated/${name}.ts`, source);
}

async function embedKernels() {
  const lines = await Promise.all(['baseline', 'relaxed'].map(async (name) => {
    const bytes = await readFile(`build/kernels/${name}.wasm`);
    return `/** ${name}.wasm in base64, ${bytes.length} bytes. */\nexport const ${name}Kernels: string =\n  '${bytes.toString('base64')}';\n`;
  }));
  await writeGenerated('kernels', lines.join('\n'));
}

async function embedWorker() {
  const { outputFiles } = await build({ ...common, entryPoints: ['sdk/runtime/worker.ts'], format: 'cjs', minifyIdentifiers: true, write: false });
  await writeGenerated('worker', `/** The worker thread, run by \`new Worker(source, { eval: true })\`. */\nexport const workerSource: string = ${JSON.stringify(outputFiles[0].text)};\n`);
}

/**
 * Lets whatever is loaded on its own reach all of sdk/core, and what takes models the whole engine: what they share is then two files. Each file read
 * delays the first answer.
 */
const shareChunks = {
  name: 'share-chunks',
  setup({ onLoad }) {
    onLoad({ filter: /[/\\]sdk[/\\](\w+|vision[/\\]decoders[/\\]\w+|runtime[/\\]worker-pool)\.ts$/ }, async ({ path }) => {
      const shared = (await readdir('sdk/core')).map((file) => `sdk/core/${file}`);
      if ([...MODEL_ENTRIES, 'sdk/runtime/worker-pool.ts'].includes(relative(root, path).replaceAll(sep, '/'))) shared.push('sdk/model.ts');
      const imports = shared.map((file) => `import ${JSON.stringify(resolve(file))};\n`);
      return { contents: `${await readFile(path, 'utf8')}\n${imports.join('')}`, loader: 'ts' };
    });
  },
};

/** The library, in short names: what is not parsed does not delay the first answer. The CLI has its own copy, in the names of the sources. */
async function buildSdk() {
  await rm('dist', { recursive: true, force: true });
  const library = { ...common, minifyIdentifiers: true, entryPoints: ENTRIES, outdir: 'dist' };
  const split = { format: 'esm', splitting: true };
  await build({ ...library, ...split, chunkNames: 'chunks/[name]-[hash]', plugins: [shareChunks] });
  await build({ ...library, format: 'cjs', outExtension: { '.js': '.cjs' } });
  await build({ ...common, ...split, entryPoints: [{ in: 'sdk/cli/main.ts', out: 'cli' }], outdir: 'dist', chunkNames: 'chunks/cli-[name]-[hash]' });
}

const hash = await sourceHash();
const built = await readFile(STAMP, 'utf8').catch(() => '');
if (built !== hash || process.argv.includes('--force')) {
  await mkdir('build', { recursive: true });
  await buildKernels();
  await embedKernels();
  await embedWorker();
  await buildSdk();
  await declare(ENTRIES);
  await writeFile(STAMP, hash);
}
