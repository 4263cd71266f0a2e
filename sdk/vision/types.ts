import type { ModelMetadata } from '../core/model-metadata.ts';
import type { Port } from '../runtime/types.ts';

/**
 * Orders of the bytes of a frame: one byte a pixel, three or four (alpha is dropped), or YUV 4:2:0 with one U and V for 2 x 2 pixels: the Y plane
 * followed by a plane of U and V in turn (`nv12`), or by a U and a V plane (`i420`).
 */
export const FRAME_FORMATS = ['grey', 'rgb', 'rgba', 'nv12', 'i420'] as const;

export type FrameFormat = (typeof FRAME_FORMATS)[number];

/** Bytes of a pixel of decoded pictures. */
export const CHANNELS = { grey: 1, rgb: 3, rgba: 4 } as const;

/** A picture in memory, e.g. from a camera: rows from the top, pixels from the left. */
export interface Frame {
  readonly data: Uint8Array;
  /** Pixels; even for nv12 and i420. */
  readonly width: number;
  readonly height: number;
  readonly format: FrameFormat;
  /** Bytes from one row of the first plane to the next, half as many in the planes of i420 that follow; without padding by default. */
  readonly stride?: number;
}

/** A decoded picture file. */
export interface Image extends Frame {
  readonly format: keyof typeof CHANNELS;
  /** The file held int8 codes (pixel - 128); `data` are the pixels all the same. */
  readonly storedAs?: 'int8';
}

/** The part of an open model that picture tasks use. */
export interface ImageModel {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly metadata?: ModelMetadata | undefined;
  run(options?: { signal?: AbortSignal }): Promise<unknown>;
}
