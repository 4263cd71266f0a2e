import type { Graph } from '../ir/graph.ts';
import { verifyTensors } from '../ir/verify.ts';
import { deadCode } from './dead-code.ts';
import { foldConstants } from './fold-constants.ts';
import { resultsOf } from './results.ts';
import { signedCodes } from './signed-codes.ts';
import type { Pass } from './types.ts';
import { weightCodes } from './weight-codes.ts';

/** Passes before the graph is verified, in the order they run. What nothing needs is not folded. */
const preparations: readonly Pass[] = Object.freeze([weightCodes, deadCode, foldConstants, signedCodes]);

/** Whether all ids are those of tensors. */
function hasTensors(graph: Graph): boolean {
  const { tensors, nodes, inputs, states = [] } = graph;
  const exists = (id: number): boolean => tensors[id] !== undefined;
  return nodes.every((node) => node.inputs.every((id) => id === -1 || exists(id)) && node.outputs.every(exists))
    && [...inputs, ...resultsOf(graph), ...states.map(({ input }) => input)].every(exists);
}

/**
 * A graph whose constants are folded, whose shapes are known and whose activations are int8 codes; to be verified. Graphs that refer to tensors they do not
 * have are left as they are.
 * @throws ModelError naming the tensor or the node
 */
export function prepare(graph: Graph): Graph {
  verifyTensors(graph);
  return hasTensors(graph) ? preparations.reduce((current, pass) => pass.run(current), graph) : graph;
}
