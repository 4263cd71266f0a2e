import type { DType } from '../../core/dtype.ts';
import { elementCount } from '../../core/shape.ts';
import type { Graph } from '../../ir/graph.ts';

/** What a graph computes and stores. */
export interface GraphSummary {
  /** Number of calls of each operator. */
  readonly ops: Readonly<Record<string, number>>;
  /** Bytes and elements of the constants that nodes read: weights, biases and tables. */
  readonly weightBytes: number;
  readonly weights: number;
  readonly bitsPerWeight: number;
  /** Type of most of the weights. */
  readonly variant: DType | 'none';
}

/** Counts operators and constants. */
export function summarize(graph: Graph): GraphSummary {
  const ops: Record<string, number> = {};
  const used = new Set<number>();
  for (const node of graph.nodes) {
    ops[node.op] = (ops[node.op] ?? 0) + 1;
    for (const id of node.inputs) used.add(id);
  }
  const elements = new Map<DType, number>();
  let weightBytes = 0;
  for (const id of used) {
    const tensor = graph.tensors[id];
    if (tensor?.data === undefined) continue;
    weightBytes += tensor.data.byteLength;
    elements.set(tensor.dtype, (elements.get(tensor.dtype) ?? 0) + elementCount(tensor.shape));
  }
  const weights = [...elements.values()].reduce((sum, count) => sum + count, 0);
  const [most] = [...elements].sort(([, a], [, b]) => b - a);
  return { ops, weightBytes, weights, bitsPerWeight: weights === 0 ? 0 : (weightBytes * 8) / weights, variant: most?.[0] ?? 'none' };
}
