import type { Graph, Node } from '../ir/graph.ts';
import type { Pass } from './types.ts';

/** Removes nodes that no graph output or state depends on, and tensors that nothing refers to. Graph inputs stay. */
export const deadCode: Pass = {
  name: 'dead-code',

  run(graph: Graph): Graph {
    const states = graph.states ?? [];
    const needed = new Set([...graph.outputs, ...states.map(({ output }) => output)]);
    const nodes: Node[] = [];
    for (const node of graph.nodes.toReversed()) {
      if (!node.outputs.some((id) => needed.has(id))) continue;
      nodes.push(node);
      for (const id of [...node.inputs, ...node.outputs]) needed.add(id);
    }
    for (const id of [...graph.inputs, ...states.map(({ input }) => input)]) needed.add(id);
    const kept = graph.tensors.map((_, id) => id).filter((id) => needed.has(id));
    if (kept.length === graph.tensors.length && nodes.length === graph.nodes.length) return graph;

    const renumbered = new Map(kept.map((id, index) => [id, index]));
    const renumber = (ids: readonly number[]): number[] => ids.map((id) => renumbered.get(id) ?? -1);
    return {
      ...graph,
      tensors: graph.tensors.filter((_, id) => needed.has(id)),
      nodes: nodes.reverse().map((node) => ({ ...node, inputs: renumber(node.inputs), outputs: renumber(node.outputs) })),
      inputs: renumber(graph.inputs),
      outputs: renumber(graph.outputs),
      ...(graph.states && {
        states: states.map(({ input, output, initial }) => ({ input: renumbered.get(input)!, output: renumbered.get(output)!, initial })),
      }),
    };
  },
};
