import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { readInput, serve } from '../serve.ts';
import { serveWebWorker, webWorkerClass } from '../web-worker.ts';

const FACTORY = 'tflite_web_api_ModuleFactory';

/** The Emscripten module under the package's browser API, as far as it is used. */
interface TfliteModule {
  readonly HEAPU8: Uint8Array;
  _malloc(bytes: number): number;
  readonly TFLiteWebModelRunner: {
    CreateFromBufferAndOptions(pointer: number, bytes: number, options: object): { ok(): boolean; errorMessage(): string; value(): Runner };
  };
}

interface Runner {
  GetInputs(): Tensors;
  GetOutputs(): Tensors;
  Infer(): boolean;
}

interface Tensors {
  get(index: number): { data(): { set(values: ArrayLike<number>): void } & ArrayLike<number> };
}

function standInForBrowser(folder: string, threads: number): void {
  const scope = globalThis as unknown as Record<string, unknown>;
  scope['self'] = scope['window'] = globalThis;
  scope['location'] = { href: `file://${folder}/` };
  scope['navigator'] ??= { hardwareConcurrency: threads };
  scope['Worker'] = webWorkerClass(new URL(import.meta.url));
}

async function loadModule(threads: number): Promise<TfliteModule> {
  const require = createRequire(import.meta.url);
  const folder = join(dirname(require.resolve('@tensorflow/tfjs-tflite/package.json')), 'wasm');
  const script = join(folder, `tflite_web_api_cc_simd${threads > 1 ? '_threaded' : ''}.js`);
  standInForBrowser(folder, threads);
  const factory = require(script) as (options: object) => Promise<TfliteModule>;
  return factory({
    wasmBinary: readFileSync(script.replace(/js$/, 'wasm')),
    locateFile: (file: string) => join(folder, file),
    mainScriptUrlOrBlob: script,
  });
}

if (!isMainThread) {
  serveWebWorker(FACTORY);
} else {
  await serve(async ({ model, inputs, threads }) => {
    const tflite = await loadModule(threads);
    const bytes = readFileSync(model);
    const pointer = tflite._malloc(bytes.length);
    tflite.HEAPU8.set(bytes, pointer);
    const created = tflite.TFLiteWebModelRunner.CreateFromBufferAndOptions(pointer, bytes.length, {
      numThreads: threads, enableProfiling: false, maxProfilingBufferEntries: 1024,
    });
    if (!created.ok()) throw new Error(created.errorMessage());
    const runner = created.value();
    const data = inputs.map(readInput);
    return {
      infer: () => {
        data.forEach((elements, index) => runner.GetInputs().get(index).data().set(elements));
        if (!runner.Infer()) throw new Error('Infer() failed');
      },
      answer: () => runner.GetOutputs().get(0).data(),
    };
  });
}
