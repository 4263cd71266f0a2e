import { createHash } from 'node:crypto';
import type { Port } from '../sdk/runtime/types.ts';
import { seededElements } from './fixtures/seeded.ts';

/** Fills every input with seeded elements. */
export function seedInputs({ inputs }: { readonly inputs: readonly Port[] }, seed: number): void {
  inputs.forEach((port, index) => {
    new Uint8Array(port.data.buffer, port.data.byteOffset, port.data.byteLength).set(seededElements(port.dtype, seed + index, port.data.length, port.data.byteLength));
  });
}

/** SHA-256 over the bytes of all outputs. */
export function hashOutputs(outputs: readonly Port[]): string {
  const hash = createHash('sha256');
  for (const { data } of outputs) hash.update(Uint8Array.from(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)));
  return hash.digest('hex');
}
