import { Worker } from 'node:worker_threads';
import { DeviceError } from '../core/errors.ts';
import { Control } from './control.ts';
import { workerSource } from './generated/worker.ts';
import type { LinkedPlan } from './link.ts';
import type { WorkerData } from './worker.ts';

/** Heap limits of a worker in MB: it only calls kernels. */
const RESOURCE_LIMITS = { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2, stackSizeMb: 1 };

/** Threads that execute a linked plan. They keep the process alive while a run is pending only. */
export interface WorkerPool {
  /** One run of the plan. Not reentrant. @throws DeviceError when a worker died; the pool is then unusable. */
  run(): Promise<void>;
  /** Asks the current run to stop at its next step. */
  abort(): void;
  close(): Promise<void>;
}

/** Starts one worker per thread of `linked.scratch`. */
export function startWorkers(linked: LinkedPlan, module: WebAssembly.Module): WorkerPool {
  const words = new Int32Array(linked.memory.buffer, 0, 16);
  const threads = linked.scratch.length;
  let fail: (error: DeviceError) => void;
  const failure = new Promise<never>((_, reject) => {
    fail = reject;
  });
  failure.catch(() => undefined);
  let closing = false;

  const workers = linked.scratch.map((scratch, thread) => {
    const data: WorkerData = {
      module, memory: linked.memory, table: linked.table, scratch, thread, threads, generation: Atomics.load(words, Control.generation),
    };
    const worker = new Worker(workerSource, { eval: true, workerData: data, resourceLimits: RESOURCE_LIMITS });
    const die = (reason: string): void => {
      if (closing) return;
      closing = true;
      fail(new DeviceError('worker-died', `worker ${thread} of ${threads} died (${reason}): load the model again`));
      for (const other of workers) void other.terminate();
    };
    worker.on('message', (message) => die(String(message)));
    worker.on('error', (error) => die(error instanceof Error ? error.message : String(error)));
    worker.on('exit', (code) => die(`exit code ${code}`));
    worker.unref();
    return worker;
  });

  return {
    async run() {
      for (const worker of workers) worker.ref();
      try {
        const before = Atomics.load(words, Control.finished);
        Atomics.store(words, Control.abort, 0);
        Atomics.add(words, Control.generation, 1);
        Atomics.notify(words, Control.generation);
        const wait = Atomics.waitAsync(words, Control.finished, before);
        if (wait.async) await Promise.race([wait.value, failure]);
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
      Atomics.add(words, Control.generation, 1);
      Atomics.notify(words, Control.generation);
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}
