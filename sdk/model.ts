import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { compile } from './compile/compile.ts';
import { interpret } from './compile/interpret.ts';
import { kindOf } from './core/arguments.ts';
import type { TypedArray } from './core/dtype.ts';
import { ModelError, OptionError } from './core/errors.ts';
import type { ModelMetadata } from './core/model-metadata.ts';
import { parseOptions } from './core/options.ts';
import { readModelFile } from './core/read-file.ts';
import { detectFormat } from './formats/index.ts';
import type { Graph } from './ir/graph.ts';
import type { Plan } from './plan/types.ts';
import { DOT_VARIANTS, type DotVariant } from './runtime/pack/types.ts';
import { chooseKernels, measurePeak } from './runtime/select.ts';
import { Session } from './runtime/session.ts';
import { autoThreads } from './runtime/threads.ts';
import { KERNEL_MODULES, type KernelModule, type Port, type StepProfile } from './runtime/types.ts';

/** Most threads of one model. */
const MAX_THREADS = 16;

function isThreads(value: unknown): boolean {
  return value === 'auto' || (Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MAX_THREADS);
}

const optionsSchema = v.strictObject({
  /**
   * Worker threads of `run()`: 1 to 16, or `auto`: the first runs measure how many are fastest, of the cores available (at most 4, at most 2 on boards
   * below 600 MB). By default `auto`.
   */
  threads: v.optional(v.custom<number | 'auto'>(isThreads, ({ received }) => `must be 'auto' or a whole number from 1 to ${MAX_THREADS}, found ${received}`), 'auto'),
  /** Kernel module; `auto`, the default, takes the relaxed one where it is exact. */
  kernel: v.optional(v.picklist(['auto', ...KERNEL_MODULES]), 'auto'),
  /** Dot product; `auto`, the default, takes the fastest exact one on this chip. */
  dot: v.optional(v.picklist(['auto', ...DOT_VARIANTS]), 'auto'),
  /** Cost in multiply-accumulates below which a step stays on one thread. */
  parallelCost: v.optional(v.pipe(v.number(), v.minValue(0))),
  /** Name used in messages; the file name by default. */
  name: v.optional(v.string()),
  signal: v.optional(v.instance(AbortSignal)),
});

const runSchema = v.strictObject({ signal: v.optional(v.instance(AbortSignal)) });

export type ModelOptions = v.InferInput<typeof optionsSchema>;

const modeSchema = v.picklist(['float', 'tflite-single', 'tflite-double']);

/** The bytes given, or the path to read them from. */
function sourceOf(source: unknown): string | Uint8Array {
  if (typeof source === 'string' || source instanceof Uint8Array) return source;
  if (source instanceof URL && source.protocol === 'file:') return fileURLToPath(source);
  throw new OptionError('invalid-option', `Model.load: found ${source instanceof URL ? `'${source.href}'` : kindOf(source)}; must be the path or file URL of a model file, ` +
    'or its bytes as a Uint8Array: pass new Uint8Array(buffer) for an ArrayBuffer');
}

function parseRunOptions(options: { signal?: AbortSignal }): { signal?: AbortSignal } {
  const { signal } = parseOptions(runSchema, options, 'Model.run');
  return signal ? { signal } : {};
}

/** An open model: any supported file in, one session out. */
export class Model {
  readonly name: string;
  /** Name of the file format, e.g. `tflite`. */
  readonly format: string;
  readonly graph: Graph;
  readonly #session: Session;

  private constructor(name: string, format: string, graph: Graph, session: Session) {
    this.name = name;
    this.format = format;
    this.graph = graph;
    this.#session = session;
  }

  /**
   * Reads, compiles and links a model.
   * @param source path, file URL or the bytes of a model file
   * @throws ModelError for a broken or unsupported file, PlanError when it cannot run here, OptionError for wrong options, DeviceError when the host lacks SIMD or threads
   */
  static async load(source: string | URL | Uint8Array, options: ModelOptions = {}): Promise<Model> {
    const { threads, kernel, dot, parallelCost, signal, name: ownName } = parseOptions(optionsSchema, options, 'Model.load');
    signal?.throwIfAborted();
    const given = sourceOf(source);
    const file = typeof given === 'string' ? readModelFile(given, signal) : given;
    const bytes = await file;
    const name = ownName ?? (typeof given === 'string' ? basename(given) : 'model');
    signal?.throwIfAborted();
    const format = detectFormat(bytes, name);
    const graph = format.read(bytes, name);
    const plan = compile(graph);
    const session = new Session(plan, (tensor) => constantBytes(graph, tensor), {
      ...(threads === 'auto' ? { threads: autoThreads(), auto: true } : { threads }),
      choice: chooseKernels(kernel, dot),
      ...(parallelCost !== undefined && { parallelCost }),
    });
    return new Model(name, format.name, graph, session);
  }

  /** The plan being run, as data. */
  get plan(): Plan { return this.#session.plan; }

  get inputs(): readonly Port[] { return this.#session.inputs; }

  get outputs(): readonly Port[] { return this.#session.outputs; }

  /** Labels and normalization that the file states for inputs and outputs. */
  get metadata(): ModelMetadata | undefined { return this.graph.metadata; }

  get kernel(): KernelModule { return this.#session.choice.module; }

  get dot(): DotVariant { return this.#session.choice.dot; }

  /** Threads of the next `run()`. */
  get threads(): number { return this.#session.threads; }

  /** Bytes of shared memory: weights, arena and scratch. */
  get memoryBytes(): number { return this.#session.memoryBytes; }

  /** One inference on worker threads; the event loop stays free. Calls are queued. @throws DeviceError, OptionError, or the signal's reason. */
  async run(options?: { signal?: AbortSignal }): Promise<{ outputs: readonly Port[] }> {
    return this.#session.run(options === undefined ? {} : parseRunOptions(options));
  }

  /** One inference on the calling thread. @throws DeviceError while a `run()` is pending. */
  runSync(): { outputs: readonly Port[] } {
    return this.#session.runSync();
  }

  /**
   * The outputs of the exact scalar reference for the current inputs and, in a streaming model, the state before the first run, in a rounding mode of
   * TFLite or halfbyte's own. Slow.
   * @returns one array per output, in output order
   * @throws OptionError for another mode
   */
  interpret(mode: 'float' | 'tflite-single' | 'tflite-double'): Promise<TypedArray[]> {
    return new Promise((resolve) => {
      resolve(interpret(this.graph, this.inputs.map((port) => port.data), parseOptions(modeSchema, mode, 'Model.interpret')));
    });
  }

  /** One inference on the calling thread with the time of every step. */
  profile(): StepProfile[] {
    return this.#session.profile();
  }

  /** GMAC/s of the register-only loop of the dot product in use, measured now in this process. */
  measurePeak(): number {
    return measurePeak(this.#session.choice);
  }

  /**
   * Takes a streaming model back to the state it had before its first run. After an aborted run the state is undefined until then.
   * @throws DeviceError while a `run()` is pending.
   */
  resetState(): void {
    this.#session.resetState();
  }

  /** Waits for pending runs and stops the worker threads. Calls of tasks such as `classify()` that have not come to their run are rejected: await them first. */
  close(): Promise<void> {
    return this.#session.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function constantBytes(graph: Graph, id: number): Uint8Array {
  const data = graph.tensors[id]?.data;
  if (data === undefined) throw new ModelError('missing-constant', `${graph.name}: tensor ${id} has no data`);
  return data;
}
