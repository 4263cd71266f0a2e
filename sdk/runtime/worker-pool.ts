import { Worker } from 'node:worker_threads';
import { DeviceError } from '../core/errors.ts';
import { Control, nextGeneration } from './control.ts';
import { workerSource } from './generated/worker.ts';
import type { LinkedPlan } from './link.ts';
import type { WorkerData } from './worker.ts';

/** Heap limits of a worker in MB: it only calls kernels, and takes neither flags nor preloaded modules from the process. */
const RESOURCE_LIMITS = { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2, stackSizeMb: 1 };

/** Threads that execute a linked plan. They keep the process alive while a run is pending only. */
export interface WorkerPool {
  /** Workers that have started, and those that are starting. */
  readonly ready: number;
  readonly size: number;
  /** One run of the plan on the first `threads` workers. Not reentrant. @throws DeviceError when a worker died; the pool is then unusable. */
  run(threads: number): Promise<void>;
  /** Starts workers up to `size` of them, or stops those above; not during a run. */
  resize(size: number): void;
  /** Asks the current run to stop at its next step. */
  abort(): void;
  close(): Promise<void>;
}

/** A pool without workers; at most one for each scratch of `linked`. */
export function openPool(linked: LinkedPlan, module: WebAssembly.Module): WorkerPool {
  const { memory, table, costs } = linked;
  const words = new Int32Array(memory.buffer, 0, 16);
  const workers: Worker[] = [];
  let failure: DeviceError | undefined;
  // Ends the wait of the current run. A promise of the whole pool would keep what each run attaches to it.
  let wake = (): void => undefined;
  let closing = false;

  const start = (thread: number): Worker => {
    const data: WorkerData = { module, memory, table, costs, scratch: linked.scratch[thread]!, thread, generation: Atomics.load(words, Control.generation) };
    const worker = new Worker(workerSource, { eval: true, workerData: data, resourceLimits: RESOURCE_LIMITS, execArgv: [], env: {} });
    const die = (reason: string): void => {
      if (closing || workers[thread] !== worker) return;
      closing = true;
      failure = new DeviceError('worker-died', `worker ${thread} of ${workers.length} died (${reason}): load the model again`);
      wake();
      for (const other of workers) void other.terminate();
    };
    worker.on('message', (message) => die(String(message)));
    worker.on('error', (error) => die(error instanceof Error ? error.message : String(error)));
    worker.on('exit', (code) => die(`exit code ${code}`));
    worker.unref();
    return worker;
  };

  return {
    get ready() {
      return Atomics.load(words, Control.ready);
    },
    get size() {
      return workers.length;
    },
    resize(size) {
      while (workers.length < size) workers.push(start(workers.length));
      for (const worker of workers.splice(size)) void worker.terminate();
    },
    async run(threads) {
      for (const worker of workers) worker.ref();
      try {
        const generation = nextGeneration(Atomics.load(words, Control.generation), threads);
        Atomics.store(words, Control.abort, 0);
        Atomics.store(words, Control.generation, generation);
        Atomics.notify(words, Control.generation);
        // A wake-up may come late from the run before: the generation alone tells that this run is complete.
        for (let finished = Atomics.load(words, Control.finished); finished !== generation; finished = Atomics.load(words, Control.finished)) {
          if (failure !== undefined) throw failure;
          const wait = Atomics.waitAsync(words, Control.finished, finished);
          if (!wait.async) continue;
          await new Promise<void>((resolve) => {
            wake = resolve;
            void wait.value.then(() => resolve());
          });
        }
      } finally {
        for (const worker of workers) worker.unref();
      }
    },
    abort() {
      Atomics.store(words, Control.abort, 1);
    },
    async close() {
      closing = true;
      Atomics.store(words, Control.closed, 1);
      Atomics.store(words, Control.generation, nextGeneration(Atomics.load(words, Control.generation), 0));
      Atomics.notify(words, Control.generation);
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}
