import type { Graph } from '../ir/graph.ts';
import { verify } from '../ir/verify.ts';
import { operators } from '../ops/index.ts';
import { passes } from '../passes/index.ts';
import { prepare } from '../passes/prepare.ts';

/**
 * Prepares a graph and runs all passes; it is verified before the first and after each.
 * @throws ModelError when the graph is invalid
 */
export function optimize(graph: Graph): Graph {
  const prepared = prepare(graph);
  verify(prepared, operators);
  return passes.reduce((current, pass) => {
    const next = pass.run(current);
    if (next !== current) verify(next, operators);
    return next;
  }, prepared);
}
