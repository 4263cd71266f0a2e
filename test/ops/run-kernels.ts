import { compile } from '../../sdk/compile/compile.ts';
import type { TypedArray } from '../../sdk/core/dtype.ts';
import type { Graph } from '../../sdk/ir/graph.ts';
import { chooseKernels } from '../../sdk/runtime/select.ts';
import { Session } from '../../sdk/runtime/session.ts';

/** A session of a graph on the baseline kernels. */
export function sessionOf(graph: Graph): Session {
  return new Session(compile(graph), (tensor) => graph.tensors[tensor]!.data!, { threads: 1, choice: chooseKernels('baseline', 'd16') });
}

/** Outputs of one run on these inputs. */
export function runKernels(graph: Graph, inputs: readonly TypedArray[]): TypedArray[] {
  const session = sessionOf(graph);
  session.inputs.forEach((port, index) => (port.data as Int8Array).set(inputs[index] as Int8Array));
  return session.runSync().outputs.map(({ data }) => data);
}
