import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { litertEntry, litertScript, litertWasm } from '../litert-files.ts';
import { readInput, serve, type InputData } from '../serve.ts';

/** The part of @litertjs/core that is used. */
interface LiteRt {
  readonly loadLiteRt: (path: string, options: { threads: boolean }) => Promise<unknown>;
  readonly loadAndCompile: (model: Uint8Array, options: object) => Promise<{ run(inputs: readonly Tensor[]): Promise<Tensor[]> }>;
  readonly Tensor: new (data: InputData, shape: readonly number[]) => Tensor;
}

interface Tensor {
  toTypedArray(): ArrayLike<number>;
  delete(): void;
}

const require = createRequire(import.meta.url);

/** The loader is a browser's: it loads scripts by importScripts and finds their factory in `self`. */
function standInForBrowser(folder: string, threads: number): void {
  const scope = globalThis as unknown as Record<string, unknown>;
  scope['self'] = globalThis;
  scope['navigator'] ??= { hardwareConcurrency: threads };
  scope['importScripts'] = (url: string) => {
    scope['Module'] = { locateFile: (file: string) => join(litertWasm(folder), file) };
    scope['ModuleFactory'] = require(url);
  };
}

await serve(async ({ variant, model, inputs, threads }) => {
  const folder = import.meta.dirname;
  standInForBrowser(folder, threads);
  const unsupported = inputs.some(({ dtype }) => dtype === 'int8');
  const { loadLiteRt, loadAndCompile, Tensor } = (await import(litertEntry(folder, unsupported))) as LiteRt;
  await loadLiteRt(litertScript(folder, variant), { threads: threads > 1 });
  const compiled = await loadAndCompile(readFileSync(model), { accelerator: 'wasm', cpuOptions: { numThreads: threads } });
  const data = inputs.map(readInput);
  let answer: ArrayLike<number> = [];
  return {
    infer: async () => {
      const tensors = data.map((elements, index) => new Tensor(elements, inputs[index]!.shape));
      const outputs = await compiled.run(tensors);
      answer = outputs[0]!.toTypedArray();
      for (const tensor of [...tensors, ...outputs]) tensor.delete();
    },
    answer: () => answer,
  };
});
