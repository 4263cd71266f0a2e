import type { LoadedModel, ModelPort } from './loaded-model.ts';
import type { Golden } from './release.ts';
import { sha256 } from './sha256.ts';

/** Marsaglia, "Xorshift RNGs" (2003), triple 13, 17, 5. */
function xorshift32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

/**
 * Fills every input from one generator: integers of 8 and 16 bits take any value, wider ones 0…127 (they may be indices),
 * floating point ±[0, 1) in steps of 2^-23 or, for float16, ±[0.5, 1), bool 0 or 1.
 */
export function fillGoldenInput(inputs: readonly ModelPort[], seed: number): void {
  const next = xorshift32(seed);
  for (const { dtype, data } of inputs) {
    if (data instanceof BigInt64Array) for (let i = 0; i < data.length; i++) data[i] = BigInt(next() & 127);
    else if (dtype === 'float32') for (let i = 0; i < data.length; i++) data[i] = ((next() | 0) >> 8) / 0x800000;
    else if (dtype === 'float16') for (let i = 0; i < data.length; i++) data[i] = 0x3800 | (next() & 0x83ff);
    else {
      const mask = dtype === 'bool' ? 1 : dtype === 'int32' || dtype === 'uint32' ? 127 : 0xffff;
      for (let i = 0; i < data.length; i++) data[i] = next() & mask;
    }
  }
}

/** SHA-256 of each output's little-endian bytes; every NaN counts as the same one. */
export function hashOutputs(outputs: readonly ModelPort[]): string[] {
  return outputs.map(({ data }) => {
    const copy = data.slice();
    if (copy instanceof Float32Array) {
      const bits = new Uint32Array(copy.buffer);
      for (let i = 0; i < copy.length; i++) if (Number.isNaN(copy[i])) bits[i] = 0x7fc00000;
    }
    return sha256(new Uint8Array(copy.buffer));
  });
}

/** Runs the model, from its first state and back to it, on the input made from `seed` and leaves the seed with the hashes of what came out. */
export async function runGolden(model: LoadedModel, seed: number): Promise<Golden> {
  fillGoldenInput(model.inputs, seed);
  model.resetState?.();
  await model.run();
  const outputs = hashOutputs(model.outputs);
  model.resetState?.();
  return { seed, outputs };
}

/** One hash over all output hashes. */
export function goldenDigest({ outputs }: Golden): string {
  return sha256(outputs.join(''));
}
