import { availableParallelism } from 'node:os';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';

type Message<Result> = { readonly index: number; readonly result: Result } | { readonly index: number; readonly message: string };

/**
 * Does tasks on as many threads as there are processors, each of which runs this program again.
 * @returns the results in the order of the tasks
 * @throws what the first task that fails says
 */
export async function onAllProcessors<Task, Result>(program: URL, tasks: readonly Task[], done: (task: Task, result: Result) => void): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  const run = (): Promise<void> => new Promise((resolve, reject) => {
    const worker = new Worker(program, { workerData: { tasks } });
    const give = (): void => {
      if (next < tasks.length) worker.postMessage(next++);
      else void worker.terminate().then(() => { resolve(); });
    };
    worker.on('message', (message: Message<Result>) => {
      if ('message' in message) {
        next = tasks.length;
        void worker.terminate();
        reject(new Error(message.message));
        return;
      }
      results[message.index] = message.result;
      done(tasks[message.index]!, message.result);
      give();
    });
    worker.on('error', reject);
    give();
  });
  await Promise.all(Array.from({ length: Math.min(tasks.length, availableParallelism()) }, run));
  return results;
}

/** Answers the tasks of `onAllProcessors` where this is one of its threads. @returns whether it is */
export function serveTasks(work: (task: never) => Promise<unknown>): boolean {
  if (isMainThread || parentPort === null) return false;
  const port = parentPort;
  const { tasks } = workerData as { tasks: readonly never[] };
  port.on('message', (index: number) => {
    work(tasks[index]!).then(
      (result) => { port.postMessage({ index, result } satisfies Message<unknown>); },
      (error: unknown) => { port.postMessage({ index, message: error instanceof Error ? error.message : String(error) } satisfies Message<unknown>); },
    );
  });
  return true;
}
