import type { Graph } from '../ir/graph.ts';

/** One transformation. The result computes the same outputs; tensors it keeps stay the same objects. */
export interface Pass {
  readonly name: string;
  run(graph: Graph): Graph;
}
