import type { ModelMetadata } from '../../sdk/core/model-metadata.ts';
import type { Port } from '../../sdk/runtime/types.ts';
import type { Frame, ImageModel } from '../../sdk/vision/types.ts';
import { port } from './port.ts';

export interface FakeModel extends ImageModel {
  runs: number;
}

/** A model of one grey uint8 picture of 8 x 8 pixels whose outputs `answer` fills from it. */
export function fakeModel(outputs: readonly Port[], answer: (pixels: Uint8Array) => void, metadata?: ModelMetadata): FakeModel {
  const input = port('uint8', [1, 8, 8, 1]);
  return {
    inputs: [input],
    outputs,
    metadata,
    runs: 0,
    async run(options?: { signal?: AbortSignal }) {
      options?.signal?.throwIfAborted();
      await new Promise((resolve) => setTimeout(resolve, 1));
      answer(input.data as Uint8Array);
      this.runs++;
    },
  };
}

export function greyFrame(width: number, height: number, value = 0): Frame {
  return { width, height, format: 'grey', data: new Uint8Array(width * height).fill(value) };
}

/** A float32 port with these values. */
export function floats(shape: readonly number[], values: readonly number[]): Port {
  const made = port('float32', shape);
  (made.data as Float32Array).set(values);
  return made;
}
