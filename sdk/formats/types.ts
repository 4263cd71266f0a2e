import type { Graph } from '../ir/graph.ts';

/** A model file format. `detect` looks at the first bytes only; `read` throws ModelError naming the place for anything it cannot use. */
export interface Format {
  readonly name: string;
  detect(bytes: Uint8Array): boolean;
  /** `name` stands for the file in messages and becomes the name of the graph. Constants are views on `bytes`. */
  read(bytes: Uint8Array, name: string): Graph;
}
