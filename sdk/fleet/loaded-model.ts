import type { DType, TypedArray } from '../core/dtype.ts';

/** A tensor of an open model, as a view on its memory. */
export interface ModelPort {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: TypedArray;
}

/** What the agent and the publisher need of an open model; `Model` of the main entry is one. */
export interface LoadedModel {
  readonly inputs: readonly ModelPort[];
  readonly outputs: readonly ModelPort[];
  run(): Promise<unknown>;
  /** Takes a streaming model back to the state before its first run. */
  resetState?(): void;
  close(): Promise<void>;
}

/** Opens a model from the bytes of its file. */
export type OpenModel<M extends LoadedModel = LoadedModel> = (bytes: Uint8Array) => Promise<M>;
