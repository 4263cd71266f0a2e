import type { Model, ModelOptions } from '../model.ts';
import type { Variant } from './manifest.ts';

/** Makes what works on an open model, e.g. an image classifier. */
export type TaskMaker<Task> = (model: Model, variant: Variant) => Task;

/** A variant in memory. Once retired it closes as soon as nothing runs on it any more. */
export class LiveModel {
  readonly variant: Variant;
  readonly model: Model;
  readonly threads: NonNullable<ModelOptions['threads']>;
  /** Settles when the model is closed. */
  readonly closed: Promise<void>;
  readonly #tasks = new Map<TaskMaker<unknown>, unknown>();
  readonly #close: (closing: Promise<void>) => void;
  #uses = 0;
  #retired = false;

  constructor(variant: Variant, model: Model, threads: NonNullable<ModelOptions['threads']>) {
    this.variant = variant;
    this.model = model;
    this.threads = threads;
    const { promise, resolve } = deferred();
    this.closed = promise;
    this.#close = resolve;
  }

  /** Keeps the model open until `release()`. */
  hold(): void {
    this.#uses++;
  }

  release(): void {
    this.#uses--;
    this.#closeWhenIdle();
  }

  /** @returns `closed` */
  retire(): Promise<void> {
    this.#retired = true;
    this.#closeWhenIdle();
    return this.closed;
  }

  /** What `make` made of this model, made at the first call. */
  task<Task>(make: TaskMaker<Task>): Task {
    if (!this.#tasks.has(make)) this.#tasks.set(make, make(this.model, this.variant));
    return this.#tasks.get(make) as Task;
  }

  #closeWhenIdle(): void {
    if (this.#retired && this.#uses === 0) this.#close(this.model.close());
  }
}

function deferred(): { promise: Promise<void>; resolve: (value: Promise<void>) => void } {
  let resolve!: (value: Promise<void>) => void;
  const promise = new Promise<void>((settle) => { resolve = settle; });
  promise.catch(() => undefined);
  return { promise, resolve };
}
