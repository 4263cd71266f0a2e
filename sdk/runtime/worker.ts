import { parentPort, workerData } from 'node:worker_threads';
import { Control, threadsOf } from './control.ts';
import { execute } from './execute.ts';
import { instantiateKernels } from './instantiate.ts';
import { waitWhile } from './spin.ts';
import { timeSteps } from './time-steps.ts';

/** What the host hands a worker: one thread of one session. */
export interface WorkerData {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly table: Int32Array;
  /** Nanoseconds of each step: the least of the runs that were timed. */
  readonly costs: Int32Array;
  readonly scratch: number;
  readonly thread: number;
  readonly generation: number;
}

const { module, memory, table, costs, scratch, thread, generation: start } = workerData as WorkerData;
const words = new Int32Array(memory.buffer, 0, 16);

try {
  const kernels = instantiateKernels(module, memory);
  Atomics.add(words, Control.ready, 1);
  for (let generation = start; ;) {
    waitWhile(words, Control.generation, generation);
    generation = Atomics.load(words, Control.generation);
    if (Atomics.load(words, Control.closed) !== 0) break;
    const threads = threadsOf(generation);
    if (thread >= threads) continue;
    if (Atomics.load(words, Control.timing) !== 0) timeSteps(kernels, words, table, costs, scratch);
    else execute(kernels, words, table, scratch, thread, threads);
    if (Atomics.add(words, Control.arrived, 1) === threads - 1) {
      Atomics.store(words, Control.arrived, 0);
      Atomics.store(words, Control.finished, generation);
      Atomics.notify(words, Control.finished);
    }
  }
} catch (error) {
  parentPort?.postMessage(error instanceof Error ? error.message : String(error));
}
