import { readFileSync } from 'node:fs';
import { readInput, serve, type InputData } from '../serve.ts';

/** The part of onnxruntime-common that is used. */
interface Runtime {
  readonly env: { readonly wasm: { numThreads?: number } };
  readonly Tensor: new (type: string, data: InputData, dims: readonly number[]) => object;
  readonly InferenceSession: { create(model: Uint8Array, options: object): Promise<Session> };
}

interface Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(feeds: Record<string, object>): Promise<Record<string, { readonly data: ArrayLike<number> }>>;
}

await serve(async ({ variant, model, inputs, threads }) => {
  const { default: ort } = (await import(variant)) as { default: Runtime };
  if (variant === 'onnxruntime-web') ort.env.wasm.numThreads = threads;
  const session = await ort.InferenceSession.create(readFileSync(model), {
    executionProviders: [variant === 'onnxruntime-web' ? 'wasm' : 'cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
  });
  const feeds = Object.fromEntries(inputs.map((input, index) => [
    session.inputNames[index]!, new ort.Tensor(input.dtype, readInput(input), input.shape),
  ]));
  let outputs: Awaited<ReturnType<Session['run']>> = {};
  return {
    infer: async () => {
      outputs = await session.run(feeds);
    },
    answer: () => outputs[session.outputNames[0]!]!.data,
  };
});
