import type { Graph } from '../ir/graph.ts';
import { verify } from '../ir/verify.ts';
import { operators } from '../ops/index.ts';
import { foldConstants } from '../passes/fold-constants.ts';
import { passes } from '../passes/index.ts';
import { signedCodes } from '../passes/signed-codes.ts';

/**
 * Folds constants, takes uint8 activations to int8 and runs all passes; the graph is verified before the first and after each.
 * @throws ModelError when the graph is invalid
 */
export function optimize(graph: Graph): Graph {
  const signed = signedCodes.run(foldConstants.run(graph));
  verify(signed, operators);
  return passes.reduce((current, pass) => {
    const next = pass.run(current);
    if (next !== current) verify(next, operators);
    return next;
  }, signed);
}
