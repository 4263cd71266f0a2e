import type { Port } from '../runtime/types.ts';

/** A picture: rows from the top, pixels from the left, `channels` bytes each: grey, RGB or RGB with alpha. */
export interface Image {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3 | 4;
  readonly data: Uint8Array;
  /** The file held int8 codes (pixel - 128); `data` are the pixels all the same. */
  readonly storedAs?: 'int8';
}

/** The part of an open model that picture tasks use. */
export interface ImageModel {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  run(options?: { signal?: AbortSignal }): Promise<unknown>;
}
