import { createRequire } from 'node:module';
import { parentPort, Worker, workerData } from 'node:worker_threads';

/** Message event of the browser, as far as Emscripten reads it. */
interface Message {
  readonly data: unknown;
}

/** A browser's dedicated Worker on a worker thread that runs `program`, which must call `serveWebWorker`. */
export function webWorkerClass(program: URL): new (script: string) => object {
  return class {
    onmessage: ((message: Message) => void) | undefined;
    readonly #worker: Worker;

    constructor(script: string) {
      this.#worker = new Worker(program, { workerData: script });
      this.#worker.on('message', (data) => this.onmessage?.({ data }));
      this.#worker.on('error', (error) => {
        throw error;
      });
    }

    postMessage(message: unknown, transfer?: ArrayBuffer[]): void {
      this.#worker.postMessage(message, transfer);
    }

    terminate(): void {
      void this.#worker.terminate();
    }
  };
}

/** Runs the script of a `webWorkerClass` worker in this thread; scripts it imports leave what they export in `self[factory]`. */
export function serveWebWorker(factory: string): void {
  const require = createRequire(import.meta.url);
  const scope = globalThis as unknown as Record<string, unknown> & { onmessage?: (message: Message) => void };
  scope['self'] = globalThis;
  scope['location'] = { href: '' };
  scope['postMessage'] = (message: unknown) => parentPort!.postMessage(message);
  scope['importScripts'] = (script: string) => {
    scope[factory] = require(script);
  };
  require(workerData as string);
  parentPort!.on('message', (data) => scope.onmessage?.({ data }));
}
