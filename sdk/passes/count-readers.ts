import type { Graph } from '../ir/graph.ts';
import { resultsOf } from './results.ts';

/** How many nodes read each tensor; being a result of the graph counts as one more. */
export function countReaders(graph: Graph): readonly number[] {
  const readers = new Array<number>(graph.tensors.length).fill(0);
  for (const { inputs } of graph.nodes) for (const id of new Set(inputs)) if (id >= 0) readers[id]! += 1;
  for (const id of resultsOf(graph)) readers[id]! += 1;
  return readers;
}
