import type { PlanStep } from '../plan/types.ts';
import type { LoweredGraph } from './lower.ts';
import { wholeBuffer } from './whole-buffer.ts';

const UNARY = ['INPUT'];
const BINARY = ['A', 'B'];

/** Operands that each kernel may overwrite with its output (kernels/abi). */
const OVERWRITTEN: Readonly<Record<string, readonly string[]>> = {
  add_qs8: BINARY, mul_qs8: BINARY,
  add_f32: BINARY, sub_f32: BINARY, mul_f32: BINARY, div_f32: BINARY,
  add_s32: BINARY, sub_s32: BINARY, mul_s32: BINARY, floordiv_s32: BINARY,
  clamp_f32: UNARY, sqrt_f32: UNARY, flip_x8: UNARY, lookup_x8: UNARY,
};

/** Buffers that `step` may overwrite with its output. */
function overwritable({ kernel, fields }: PlanStep): number[] {
  // Rows that a look-up spreads out would overwrite codes not yet read.
  if (fields['OUTPUT_STRIDE'] !== undefined && fields['OUTPUT_STRIDE'] !== fields['BLOCK']) return [];
  return (OVERWRITTEN[kernel] ?? []).flatMap((name) => wholeBuffer(fields[name]) ?? []);
}

function renumber(fields: PlanStep['fields'], renumbered: readonly number[]): PlanStep['fields'] {
  const changed = { ...fields };
  for (const [name, field] of Object.entries(fields)) {
    if (typeof field === 'object' && 'buffer' in field) changed[name] = { ...field, buffer: renumbered[field.buffer]! };
  }
  return changed;
}

/**
 * Joins the output of an elementwise step with an operand of the same size that no later step reads, so that the step works in place. Of two such
 * operands the one written last is taken: the other is more likely to be read by steps between which the two are in cache.
 */
export function shareBuffers(graph: LoweredGraph): LoweredGraph {
  const { buffers, steps } = graph;
  const live = buffers.map((buffer) => buffer.live);
  const joined = buffers.map((_, id) => id);
  steps.forEach((step, index) => {
    const output = wholeBuffer(step.fields['OUTPUT']);
    if (output === undefined || live[output]![0] !== index) return;
    const [operand] = overwritable(step)
      .map((id) => joined[id]!)
      .filter((id) => live[id]![1] === index && buffers[id]!.bytes === buffers[output]!.bytes)
      .sort((a, b) => live[b]![0] - live[a]![0]);
    if (operand === undefined || operand === output) return;
    joined[output] = operand;
    live[operand] = [live[operand]![0], live[output]![1]];
  });

  const kept = buffers.map((_, id) => id).filter((id) => joined[id] === id);
  if (kept.length === buffers.length) return graph;
  const places = new Map(kept.map((id, at) => [id, at]));
  const renumbered = joined.map((id) => places.get(id)!);
  return {
    ...graph,
    buffers: kept.map((id) => ({ ...buffers[id]!, live: live[id]! })),
    steps: steps.map((step) => ({ ...step, fields: renumber(step.fields, renumbered) })),
    inputs: graph.inputs.map((id) => renumbered[id]!),
    outputs: graph.outputs.map((id) => renumbered[id]!),
    ...(graph.states && { states: graph.states.map((state) => ({ ...state, buffer: renumbered[state.buffer]! })) }),
  };
}
