import { DeviceError } from '../core/errors.ts';
import { nextTurn } from '../core/next-turn.ts';
import { onAbort, orAborted } from '../core/on-abort.ts';
import { elementCount } from '../core/shape.ts';
import { viewOf, type NumberArray } from '../core/dtype.ts';
import type { Plan, PlanPort } from '../plan/types.ts';
import { AutoThreads } from './auto-threads.ts';
import { Control, Row, STEP_WORDS } from './control.ts';
import { execute, type KernelFunction } from './execute.ts';
import { kernelModule } from './kernels.ts';
import { link, type LinkedPlan } from './link.ts';
import type { KernelChoice } from './select.ts';
import type { Port, StepProfile } from './types.ts';
import type { WorkerPool } from './worker-pool.ts';

export interface SessionOptions {
  /** Worker threads of `run()`, or the most of them where `auto`. */
  readonly threads: number;
  /** The first runs find out how many threads are fastest. */
  readonly auto?: boolean;
  readonly choice: KernelChoice;
  /** Cost below which a step stays on one thread, in multiply-accumulates. */
  readonly parallelCost?: number;
  /** Most bytes of shared memory; half of what this process may have by default. */
  readonly memoryLimit?: number;
}

/** An open model: its ports are views on shared memory, runs are queued in call order. */
export class Session {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly choice: KernelChoice;
  readonly plan: Plan;
  readonly #most: number;
  readonly #auto: AutoThreads | undefined;
  readonly #linked: LinkedPlan;
  readonly #words: Int32Array;
  #pool: WorkerPool | undefined;
  #last = Promise.resolve();
  #pending = 0;
  #closed = false;
  #failure: Error | undefined;

  /** @throws PlanError when the plan cannot be linked here. */
  constructor(plan: Plan, tensorData: (tensor: number) => Uint8Array, options: SessionOptions) {
    this.plan = plan;
    this.choice = options.choice;
    this.#most = options.threads;
    this.#linked = link(plan, tensorData, options.choice, options);
    if (options.auto) this.#auto = new AutoThreads(this.#linked.table, this.#linked.costs, options.threads);
    this.#words = new Int32Array(this.#linked.memory.buffer, 0, 16);
    this.inputs = plan.inputs.map((port) => this.#port(port));
    this.outputs = plan.outputs.map((port) => this.#port(port));
  }

  #port(port: PlanPort): Port {
    const address = this.#linked.arena + this.plan.buffers[port.buffer]!.offset;
    return {
      name: port.name,
      dtype: port.dtype,
      shape: port.shape,
      ...(port.quantization && { quantization: port.quantization }),
      data: viewOf(port.dtype, this.#linked.memory.buffer, address, elementCount(port.shape)) as NumberArray,
    };
  }

  /** Threads of the next `run()`. */
  get threads(): number {
    if (this.#auto === undefined) return this.#most;
    return this.#auto.phase === 'starting' ? 1 : this.#auto.threads;
  }

  /** Bytes of shared memory. */
  get memoryBytes(): number {
    return this.#linked.memory.buffer.byteLength;
  }

  #open(): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#closed) throw new DeviceError('closed', 'the model is closed: load it again');
  }

  /**
   * One inference on the worker threads; the event loop stays free. Runs of one session follow each other, each after the
   * promise callbacks of the one before, so that its outputs can be read there.
   * @throws DeviceError when a worker died or the session is closed; the signal's reason when aborted.
   */
  async run(options: { signal?: AbortSignal } = {}): Promise<{ outputs: readonly Port[] }> {
    this.#open();
    const { signal } = options;
    const turn = this.#pending++ === 0 ? this.#runNow(signal) : orAborted(this.#last.then(nextTurn), signal).then(() => this.#runNow(signal));
    const done = turn.finally(() => { this.#pending--; });
    // What is aborted while it waits ends before those ahead of it.
    const before = this.#last;
    this.#last = done.then(() => before, () => before);
    await done;
    return { outputs: this.outputs };
  }

  async #runNow(signal: AbortSignal | undefined): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#pool === undefined) {
      const { openPool } = await import('./worker-pool.ts');
      this.#pool = openPool(this.#linked, kernelModule(this.choice.module));
    }
    signal?.throwIfAborted();
    const pool = this.#pool;
    this.#prepare(pool);
    const end = signal && onAbort(signal, () => pool.abort());
    try {
      const start = performance.now();
      await pool.run(this.threads);
      if (signal?.aborted !== true) this.#auto?.record(performance.now() - start);
    } catch (error) {
      this.#failure = error instanceof Error ? error : new DeviceError('worker-died', String(error));
      throw this.#failure;
    } finally {
      end?.();
    }
    signal?.throwIfAborted();
  }

  /** Starts the workers of the next run. */
  #prepare(pool: WorkerPool): void {
    const auto = this.#auto;
    pool.resize(auto === undefined ? this.#most : auto.threads);
    if (auto?.phase === 'starting' && pool.ready >= auto.threads) auto.started();
    Atomics.store(this.#words, Control.timing, auto?.phase === 'timing' ? 1 : 0);
  }

  #own(): readonly KernelFunction[] {
    this.#open();
    if (this.#pending > 0) throw new DeviceError('busy', 'runSync(), profile() or resetState() was called while run() is pending on the same model: await it first');
    Atomics.store(this.#words, Control.abort, 0);
    return this.#linked.functions;
  }

  /** One inference on the calling thread. @throws DeviceError when a `run()` is pending or the session is closed. */
  runSync(): { outputs: readonly Port[] } {
    execute(this.#own(), this.#words, this.#linked.table, this.#linked.scratch[0]!, 0, 1);
    return { outputs: this.outputs };
  }

  /** One inference on the calling thread with the time of every step. */
  profile(): StepProfile[] {
    const kernels = this.#own();
    const { table, scratch } = this.#linked;
    return this.plan.steps.map((step, index) => {
      const row = table.subarray(index * STEP_WORDS, (index + 1) * STEP_WORDS);
      const start = performance.now();
      kernels[row[Row.kernel]!]!(row[Row.params]!, scratch[0]!, 0, row[Row.units]!);
      return { step: index, node: step.node, op: step.op, kernel: this.#linked.kernels[index]!, macs: step.macs, ms: performance.now() - start };
    });
  }

  /** Takes what the model keeps between runs back to where it was before the first one. @throws DeviceError while a `run()` is pending. */
  resetState(): void {
    this.#own();
    this.#linked.resetStates();
  }

  /** Waits for pending runs and stops the workers. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#last;
    await this.#pool?.close();
    this.#pool = undefined;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
