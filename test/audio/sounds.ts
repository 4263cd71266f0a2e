import { sin } from '../../sdk/core/math.ts';
import type { AudioClip } from '../../sdk/audio/types.ts';

/** Deterministic white noise of full scale, 16-bit values. */
export function noise(count: number, seed = 1): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return ((state >>> 16) - 32_768) / 32_768;
  });
}

/** A tone, frequency in parts of the sample rate. */
export function tone(count: number, frequency: number, amplitude = 1): Float32Array {
  return Float32Array.from({ length: count }, (_, n) => amplitude * sin(6.283185307179586 * frequency * n));
}

export function clip(samples: Float32Array, sampleRate = 16_000): AudioClip {
  return { sampleRate, samples };
}

/** Sounds one after another. */
export function joined(...parts: readonly Float32Array[]): Float32Array {
  return Float32Array.from(parts.flatMap((part) => [...part]));
}
