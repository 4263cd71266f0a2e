import type { Port } from '../runtime/types.ts';

/** Mono sound. Full scale is -1 to 1. */
export interface AudioClip {
  /** Samples a second. */
  readonly sampleRate: number;
  readonly samples: Float32Array;
}

/** The next samples of a stream, mono. */
export interface AudioChunk {
  readonly samples: Float32Array;
  /** Sound is missing before these samples: the recorder was started again, or read too late. */
  readonly gap: boolean;
}

/** A stream of sound. */
export interface AudioSource extends AsyncIterable<AudioChunk> {
  /** Samples a second. */
  readonly sampleRate: number;
}

/** The part of an open model that audio tasks use. */
export interface AudioModel {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  run(options?: { signal?: AbortSignal }): Promise<unknown>;
}
