import { createHash } from 'node:crypto';
import type { LoadedModel } from '../../../sdk/fleet/loaded-model.ts';

export interface FakeModel extends LoadedModel {
  readonly label: string;
  readonly closed: boolean;
  readonly inputs: readonly [{ name: string; dtype: 'int8'; shape: number[]; data: Int8Array }];
  readonly outputs: readonly [{ name: string; dtype: 'int8'; shape: number[]; data: Int8Array }];
}

/** A model file: a line of text that names it, then pseudo-random bytes. */
export function modelFile(label: string, bytes = 20_000): Uint8Array {
  const file = new Uint8Array(bytes);
  for (let at = 0, n = 0; at < bytes; at += 32, n++) {
    file.set(createHash('sha256').update(`${label}:${n}`).digest().subarray(0, Math.min(32, bytes - at)), at);
  }
  file.set(Buffer.from(`${label}\n`));
  return file;
}

/** Opens it; its output is a hash of file and input, so every bit counts. A run takes `runMs` and fails after `close()`. */
export async function openFake(bytes: Uint8Array, runMs = 0): Promise<FakeModel> {
  const label = Buffer.from(bytes.subarray(0, bytes.indexOf(0x0a))).toString();
  if (label.startsWith('unopenable')) throw new Error(`cannot open ${label}`);
  const inputs: FakeModel['inputs'] = [{ name: 'in', dtype: 'int8', shape: [1, 16], data: new Int8Array(16) }];
  const outputs: FakeModel['outputs'] = [{ name: 'out', dtype: 'int8', shape: [1, 8], data: new Int8Array(8) }];
  let closed = false;
  return {
    label,
    inputs,
    outputs,
    get closed() { return closed; },
    run: async () => {
      if (label.startsWith('hangs')) await new Promise(() => undefined);
      if (runMs > 0) await new Promise((resolve) => { setTimeout(resolve, runMs); });
      if (closed) throw new Error(`${label}: run on a closed model`);
      outputs[0].data.set(new Int8Array(createHash('sha256').update(bytes).update(inputs[0].data).digest()).subarray(0, 8));
    },
    close: async () => { closed = true; },
  };
}

/** A runtime that computes something else than the devices: what it publishes fails the self-test. */
export async function openWrong(bytes: Uint8Array): Promise<FakeModel> {
  const model = await openFake(bytes);
  return {
    ...model,
    run: async () => {
      await model.run();
      model.outputs[0].data[0]! ^= 1;
    },
  };
}
