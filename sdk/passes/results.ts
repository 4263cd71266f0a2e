import type { Graph } from '../ir/graph.ts';

/** Tensors that are read after the last node: outputs of the graph and new values of its states. */
export function resultsOf({ outputs, states = [] }: Graph): number[] {
  return [...outputs, ...states.map(({ output }) => output)];
}
