import { Abi } from '../../kernels/abi.ts';
import type { Graph, Tensor } from '../ir/graph.ts';
import type { Plan, PlanPort } from '../plan/types.ts';
import { lower } from './lower.ts';
import { optimize } from './optimize.ts';
import { planBands } from './plan-bands.ts';
import { planMemory } from './plan-memory.ts';
import { shareBuffers } from './share-buffers.ts';

function ports(graph: Graph, ids: readonly number[], buffers: readonly number[]): PlanPort[] {
  return ids.map((id, index) => {
    const { name, dtype, shape, quantization } = graph.tensors[id]!;
    return { name, dtype, shape, ...(quantization && { quantization }), buffer: buffers[index]! };
  });
}

/**
 * Turns a graph into a plan: passes, lowering, memory planning. `PlanConstant.tensor` indexes the tensors of the graph passed in.
 * @throws ModelError when the graph is invalid, PlanError when it cannot run with these sizes or values
 */
export function compile(graph: Graph): Plan {
  const optimized = optimize(graph);
  const origins = new Map<Tensor, number>(graph.tensors.map((tensor, id) => [tensor, id]));
  const lowered = planBands(shareBuffers(lower(optimized, origins)));
  const memory = planMemory(lowered.buffers);
  return {
    abi: Abi.VERSION,
    buffers: lowered.buffers.map(({ name, bytes, live }, id) => ({ name, bytes, offset: memory.offsets[id]!, live })),
    constants: lowered.constants,
    steps: lowered.steps,
    bands: lowered.bands,
    inputs: ports(optimized, optimized.inputs, lowered.inputs),
    outputs: ports(optimized, optimized.outputs, lowered.outputs),
    ...(lowered.states && { states: lowered.states }),
    arenaBytes: memory.arenaBytes,
    arenaLowerBound: memory.lowerBound,
  };
}
