import * as v from 'valibot';
import { checkDirectory, checkFunction } from '../core/arguments.ts';
import { DeviceError, ModelError, OptionError } from '../core/errors.ts';
import type { ModelMetadata } from '../core/model-metadata.ts';
import { parseOptions } from '../core/options.ts';
import { formatShape } from '../core/shape.ts';
import { Model, type ModelOptions } from '../model.ts';
import type { Port } from '../runtime/types.ts';
import { readVariant, readVariants } from './directory.ts';
import { LiveModel, type TaskMaker } from './live-model.ts';
import type { Variant } from './manifest.ts';
import { Turns } from './turns.ts';

/** Those of `Model.load`, for every variant, and which one is opened first. */
export interface VariantsOptions extends Omit<ModelOptions, 'name'> {
  /** Name of the variant to start with; the first of the manifest by default. */
  readonly first?: string | undefined;
}

type Threads = NonNullable<ModelOptions['threads']>;

const switchSchema = v.strictObject({
  /** As in `Model.load`; those of the variant in use by default. */
  threads: v.optional(v.custom<Threads>((value) => value === 'auto' || (Number.isInteger(value) && Number(value) >= 1), 'must be \'auto\' or a whole number from 1')),
  signal: v.optional(v.instance(AbortSignal)),
});

/** The others are for `Model.load`, which checks them. */
const openSchema = v.looseObject({ first: v.optional(v.string()), signal: v.optional(v.instance(AbortSignal)) });

const runSchema = v.strictObject({ signal: v.optional(v.instance(AbortSignal)) });

/** Outputs of a run and the variant that gave them. */
export interface VariantRun {
  readonly outputs: readonly Port[];
  readonly variant: Variant;
}

function find(variants: readonly Variant[], name: string): Variant {
  const variant = variants.find((candidate) => candidate.name === name);
  if (variant !== undefined) return variant;
  throw new OptionError('unknown-variant', `no variant '${name}'; one of: ${variants.map((candidate) => candidate.name).join(', ')}`);
}

/**
 * Model files for one task behind one handle with the API of `Model`, without its `plan`, `graph`, `interpret`, `profile` and `measurePeak`.
 * A switch loads the next variant while the one in use keeps answering, then happens between two runs: no run fails or is lost, and a run ends on the
 * variant it started on. At most two variants are in memory.
 */
export class ModelVariants {
  /** All variants, in the order of the manifest. */
  readonly variants: readonly Variant[];
  readonly #directory: string;
  readonly #options: Omit<VariantsOptions, 'first' | 'signal' | 'threads'>;
  readonly #makers = new Set<TaskMaker<unknown>>();
  /** Models that are open: the one in use, and at most one that is retired or being loaded. */
  readonly #alive = new Set<LiveModel>();
  readonly #closing = new AbortController();
  #current: LiveModel;
  /** The model whose inputs were read and not run yet: the next `run()` is for it, even after a switch. */
  #lent: LiveModel | undefined;
  #readsInputs = false;
  /** `run()` or `runSync()` was called: inputs are read to be run, not only to be looked at. */
  #ranInputs = false;
  /** The inputs read last are those of a former variant. */
  #stale = false;
  #usesWorkers = false;
  readonly #turns = new Turns();
  #switching: Promise<unknown> = Promise.resolve();

  private constructor(directory: string, variants: readonly Variant[], options: Omit<VariantsOptions, 'first' | 'signal' | 'threads'>, current: LiveModel) {
    this.#directory = directory;
    this.variants = variants;
    this.#options = options;
    this.#current = this.#opened(current);
  }

  /**
   * Opens a directory of model files with a `variants.json`.
   * @param directory path or file URL
   * @throws OptionError for an unreadable directory or wrong options, ModelError for a broken manifest or file, else what `Model.load` throws
   */
  static async open(directory: string | URL, given: VariantsOptions = {}): Promise<ModelVariants> {
    const path = checkDirectory(directory, 'ModelVariants.open: directory');
    parseOptions(openSchema, given, 'ModelVariants.open');
    const { first, signal, threads = 'auto', ...options } = given;
    signal?.throwIfAborted();
    const variants = await readVariants(path, signal);
    const variant = first === undefined ? variants[0]! : find(variants, first);
    return new ModelVariants(path, variants, options, await load(path, variant, threads, options, signal));
  }

  /** The variant in use. */
  get current(): Variant { return this.#current.variant; }

  get name(): string { return this.#current.variant.name; }

  /**
   * Inputs of the variant in use, to be read anew for every run: the next `run()` is for the variant whose inputs were read last, also after a switch
   * (a second switch lets go of them). `infer()` needs no such care.
   */
  get inputs(): readonly Port[] {
    this.#endLoan();
    this.#lent ??= hold(this.#current);
    this.#readsInputs = true;
    this.#stale = false;
    return this.#current.model.inputs;
  }

  /** Outputs of the variant in use; those of a run come with its result. */
  get outputs(): readonly Port[] { return this.#current.model.outputs; }

  get format(): string { return this.#current.model.format; }

  get metadata(): ModelMetadata | undefined { return this.#current.model.metadata; }

  get kernel(): Model['kernel'] { return this.#current.model.kernel; }

  get dot(): Model['dot'] { return this.#current.model.dot; }

  /** Threads of the next `run()`. */
  get threads(): number { return this.#current.model.threads; }

  /** Bytes of shared memory (weights, arena and scratch) of the variants that are open: one, or two around a switch. Each also holds the bytes of its file. */
  get memoryBytes(): number {
    return [...this.#alive].reduce((sum, { model }) => sum + model.memoryBytes, 0);
  }

  /**
   * One inference on worker threads with what was written to `inputs`.
   * @throws OptionError `stale-inputs` when the variant was switched and `inputs` not read since; DeviceError, or the signal's reason.
   */
  async run(options: { signal?: AbortSignal } = {}): Promise<VariantRun> {
    const { signal } = parseOptions(runSchema, options, 'ModelVariants.run');
    const live = this.#take();
    try {
      return await this.#runOn(live, signal);
    } finally {
      live.release();
    }
  }

  /** One inference on the calling thread with what was written to `inputs`. @throws as `run()`, and DeviceError while a run is pending. */
  runSync(): VariantRun {
    const live = this.#take();
    try {
      return { outputs: live.model.runSync().outputs, variant: live.variant };
    } finally {
      live.release();
    }
  }

  /**
   * One inference: `fill` writes the inputs of the variant that will run. Calls follow each other, and those of `bind()`, each after the promise
   * callbacks of the one before, so that its outputs can be read there.
   * @throws OptionError `inside-turn` inside `fill` or the work of a task; what `fill` throws, DeviceError, or the signal's reason
   */
  async infer(fill: (inputs: readonly Port[], variant: Variant) => void | Promise<void>, options: { signal?: AbortSignal } = {}): Promise<VariantRun> {
    checkFunction(fill, 'infer: fill', '([input]) => input.data.set(pixels)');
    const { signal } = parseOptions(runSchema, options, 'infer');
    return this.#turn('infer', async (live) => {
      signal?.throwIfAborted();
      await fill(live.model.inputs, live.variant);
      return this.#runOn(live, signal);
    });
  }

  /**
   * Makes a task, e.g. `(model) => new ImageClassifier(model)`, of the variant in use and of every one switched to, before the switch.
   * @returns a function that gives its caller the task of the variant in use, which stays open until the promise it returns settles; calls follow
   * each other and those of `infer()`; one inside another is an OptionError `inside-turn`
   * @throws what `make` throws for the variant in use
   */
  bind<Task>(make: TaskMaker<Task>): <T>(work: (task: Task, variant: Variant) => Promise<T>) => Promise<T> {
    checkFunction(make, 'bind: make', '(model) => new ImageClassifier(model)');
    this.#open();
    this.#current.task(make);
    this.#makers.add(make);
    return async (work) => {
      checkFunction(work, 'bind: work', '(task) => task.classify(frame)');
      return this.#turn('a task of bind()', (live) => {
        this.#usesWorkers = true;
        return work(live.task(make), live.variant);
      });
    };
  }

  /**
   * Loads a variant while the one in use keeps answering, then uses it for what starts from then on. Switches follow each other. A streaming model
   * starts from its first state. When it fails the variant in use stays.
   * @returns the variant now in use
   * @throws OptionError `unknown-variant`, or `inside-turn` inside a callback of `infer()` or of a task; ModelError `wrong-bytes` or `wrong-input`, what `Model.load` or a task of `bind()` throws, or the signal's reason
   */
  async switchTo(name: string, options: v.InferInput<typeof switchSchema> = {}): Promise<Variant> {
    const { threads, signal } = parseOptions(switchSchema, options, 'switchTo');
    const variant = find(this.variants, name);
    this.#open();
    this.#turns.checkOutside('switchTo');
    const turn = this.#switching.then(() => this.#switchNow(variant, threads ?? this.#current.threads, signal));
    this.#switching = turn.catch(() => undefined);
    return turn;
  }

  /** Takes a streaming model back to its first state. @throws DeviceError while a run is pending. */
  resetState(): void {
    this.#open();
    this.#current.model.resetState();
  }

  /**
   * Waits for pending runs and for a switch in progress, which fails, and stops the worker threads.
   * @throws OptionError `inside-turn` inside a callback of `infer()` or of a task
   */
  async close(): Promise<void> {
    this.#turns.checkOutside('close');
    this.#closing.abort(new DeviceError('closed', 'the model variants are closed: open them again'));
    await this.#switching;
    await this.#turns.idle();
    this.#lent?.release();
    this.#lent = undefined;
    void this.#current.retire();
    await this.#closed();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #open(): void {
    this.#closing.signal.throwIfAborted();
  }

  /** The model a run is for, held. */
  #take(): LiveModel {
    this.#open();
    if (this.#stale) {
      throw new OptionError('stale-inputs', `run() after a switch to '${this.name}': its inputs were not read yet; read \`inputs\` for every run, or use infer()`);
    }
    this.#ranInputs = true;
    const live = hold(this.#lent ?? this.#current);
    this.#lent?.release();
    this.#lent = undefined;
    this.#stale = live !== this.#current;
    return live;
  }

  /** Lets go of a former variant whose inputs were read and not run. */
  #endLoan(): void {
    if (this.#lent === undefined || this.#lent === this.#current) return;
    this.#lent.release();
    this.#lent = undefined;
    this.#stale = true;
  }

  async #runOn({ model, variant }: LiveModel, signal: AbortSignal | undefined): Promise<VariantRun> {
    this.#usesWorkers = true;
    const { outputs } = await model.run(signal === undefined ? {} : { signal });
    return { outputs, variant };
  }

  /** Work on the variant that is in use when its turn comes. */
  async #turn<T>(where: string, work: (live: LiveModel) => Promise<T>): Promise<T> {
    this.#open();
    this.#turns.checkOutside(where);
    return this.#turns.take(async () => {
      if (!this.#ranInputs) this.#endLoan();
      const live = hold(this.#current);
      try {
        return await work(live);
      } finally {
        live.release();
      }
    });
  }

  async #switchNow(variant: Variant, threads: Threads, signal: AbortSignal | undefined): Promise<Variant> {
    const check = (): void => {
      this.#open();
      signal?.throwIfAborted();
    };
    check();
    if (this.#current.variant === variant && this.#current.threads === threads) return variant;
    this.#endLoan();
    await this.#closed(this.#current);
    const next = this.#opened(await load(this.#directory, variant, threads, this.#options, signal));
    try {
      check();
      if (this.#usesWorkers) await startWorkers(next.model, signal);
      check();
      for (const make of this.#makers) next.task(make);
    } catch (error) {
      await next.retire();
      throw error;
    }
    const former = this.#current;
    this.#current = next;
    this.#stale ||= this.#readsInputs && this.#lent === undefined;
    void former.retire();
    return variant;
  }

  #opened(live: LiveModel): LiveModel {
    this.#alive.add(live);
    const forget = (): void => void this.#alive.delete(live);
    live.closed.then(forget, forget);
    return live;
  }

  /** All models but `kept` are closed. */
  async #closed(kept?: LiveModel): Promise<void> {
    await Promise.all([...this.#alive].filter((live) => live !== kept).map(({ closed }) => closed));
  }
}

function hold(live: LiveModel): LiveModel {
  live.hold();
  return live;
}

/** Workers start at the first run: with a run on whatever the inputs hold, the first frame need not wait for them. */
async function startWorkers(model: Model, signal: AbortSignal | undefined): Promise<void> {
  await model.run(signal === undefined ? {} : { signal });
  model.resetState();
}

async function load(
  directory: string, variant: Variant, threads: Threads, options: Omit<VariantsOptions, 'first' | 'signal' | 'threads'>, signal: AbortSignal | undefined,
): Promise<LiveModel> {
  const bytes = await readVariant(directory, variant, signal);
  const model = await Model.load(bytes, { ...options, threads, name: variant.name, ...(signal !== undefined && { signal }) });
  const shape = model.inputs[0]?.shape ?? [];
  if (formatShape(shape) !== formatShape(variant.inputShape)) {
    await model.close();
    throw new ModelError('wrong-input', `variant '${variant.name}': the first input is ${formatShape(shape)}, the manifest states ${formatShape(variant.inputShape)}`);
  }
  return new LiveModel(variant, model, threads);
}
