import { byteLength } from '../core/dtype.ts';
import { PlanError } from '../core/errors.ts';
import { elementCount } from '../core/shape.ts';
import type { Graph, Tensor } from '../ir/graph.ts';
import { operatorOf } from '../ops/index.ts';
import { elementBlock } from '../ops/partition.ts';
import type { Lowering } from '../ops/types.ts';
import type { PlanConstant, PlanField, PlanLayout, PlanState, PlanStep } from '../plan/types.ts';

/** Most bytes of constants that are made by operators instead of viewed in the model file. */
const MAX_MADE_BYTES = 64 * 2 ** 20;

/** A buffer before it has a place: its bytes and the steps that touch it. */
export interface SymbolicBuffer {
  readonly name: string;
  readonly bytes: number;
  readonly live: readonly [first: number, last: number];
}

/** Kernel calls on symbolic buffers. `ports` maps graph inputs and outputs, in order, to buffers. */
export interface LoweredGraph {
  readonly buffers: readonly SymbolicBuffer[];
  readonly constants: readonly PlanConstant[];
  readonly steps: readonly PlanStep[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly states?: readonly PlanState[];
}

/** Lifetimes in steps: graph inputs and states keep their contents for the whole run, outputs until its end. */
function lifetimes(count: number, steps: readonly PlanStep[], inputs: readonly number[], outputs: readonly number[]): (readonly [number, number])[] {
  const first = new Array<number>(count).fill(Infinity);
  const last = new Array<number>(count).fill(-1);
  const touch = (buffer: number, step: number): void => {
    first[buffer] = Math.min(first[buffer]!, step);
    last[buffer] = Math.max(last[buffer]!, step);
  };
  steps.forEach((step, index) => {
    for (const field of Object.values(step.fields)) if (typeof field === 'object' && 'buffer' in field) touch(field.buffer, index);
  });
  for (const buffer of inputs) {
    touch(buffer, -1);
    touch(buffer, steps.length);
  }
  for (const buffer of outputs) touch(buffer, steps.length);
  return first.map((step, buffer) => [step, last[buffer]!]);
}

/**
 * Lowers every node of a verified graph.
 * @param origins id in the model file of each constant that comes unchanged from it; other constants are embedded in the plan
 * @throws PlanError when an operator cannot run with these sizes or values
 */
export function lower(graph: Graph, origins: ReadonlyMap<Tensor, number>): LoweredGraph {
  const buffers: { name: string; bytes: number }[] = [];
  const constants: PlanConstant[] = [];
  const steps: PlanStep[] = [];
  const bufferOf = new Map<number, number>();
  const constantOf = new Map<string, number>();

  const tensor = (id: number): Tensor => {
    const found = graph.tensors[id];
    if (found === undefined) throw new PlanError('unknown-tensor', `lowering asks for tensor ${id}; the graph has ${graph.tensors.length}`);
    return found;
  };
  const buffer = (id: number): number => {
    const known = bufferOf.get(id);
    if (known !== undefined) return known;
    const { name, dtype, shape, data } = tensor(id);
    if (data !== undefined) throw new PlanError('constant-buffer', `tensor ${id} '${name}' is constant: no buffer holds it`);
    bufferOf.set(id, buffers.length);
    return buffers.push({ name, bytes: byteLength(dtype, elementCount(shape)) }) - 1;
  };
  const addConstant = (constant: PlanConstant): number => constants.push(constant) - 1;
  const constantTensor = (id: number, layout: PlanLayout): number => {
    const key = `${id} ${JSON.stringify(layout)}`;
    const known = constantOf.get(key);
    if (known !== undefined) return known;
    const found = tensor(id);
    const { name, data } = found;
    if (data === undefined) throw new PlanError('not-constant', `tensor ${id} '${name}' is not constant`);
    const origin = origins.get(found);
    const constant = addConstant({ name, bytes: data.byteLength, layout, ...(origin === undefined ? { data } : { tensor: origin }) });
    constantOf.set(key, constant);
    return constant;
  };

  let madeBytes = 0;
  const constantData = (name: string, data: Uint8Array, layout: PlanLayout): number => {
    madeBytes += data.byteLength;
    if (madeBytes > MAX_MADE_BYTES) {
      throw new PlanError('constants-limit', `${name}: the constants made for this model exceed ${MAX_MADE_BYTES} bytes: use fewer or smaller grouped convolutions`);
    }
    return addConstant({ name, bytes: data.byteLength, layout, data });
  };

  const inputs = graph.inputs.map(buffer);
  const states = (graph.states ?? []).map(({ input, initial }, index): PlanState => (
    {
      buffer: buffer(input),
      initial: typeof initial === 'number' ? { fill: initial } : { constant: constantData(`state ${index}`, initial, { kind: 'raw' }) },
    }
  ));
  for (const node of graph.nodes) {
    const lowering: Lowering = {
      tensor,
      buffer,
      temporary: (name, bytes) => buffers.push({ name, bytes }) - 1,
      alias: (input, output) => bufferOf.set(output, buffer(input)),
      constantTensor,
      constantData,
      step: (step) => steps.push({ scratch: 0, macs: 0, ...step, node: node.name, op: node.op }),
    };
    operatorOf(node).lower(node, lowering);
  }
  const copy = (node: string, source: PlanField, target: number): number => {
    const { bytes } = buffers[target]!;
    const block = elementBlock(bytes);
    const fields = { INPUT: source, OUTPUT: { buffer: target }, BYTES: bytes, BLOCK: block };
    steps.push({ kernel: 'copy_x8', params: 'CopyParams', fields, units: Math.ceil(bytes / block), scratch: 0, macs: 0, node, op: 'state' });
    return target;
  };
  const copied = (node: string, source: number): number => (
    copy(node, { buffer: source }, buffers.push({ name: node, bytes: buffers[source]!.bytes }) - 1)
  );
  // New values may be other states and outputs may be old values: both are saved before the first state changes.
  const held = new Set(states.map((state) => state.buffer));
  const outputs = graph.outputs.map((id, index) => {
    const { name, data } = tensor(id);
    if (data !== undefined) return copy(`output ${index}`, { constant: constantTensor(id, { kind: 'raw' }) }, buffers.push({ name, bytes: data.byteLength }) - 1);
    return held.has(buffer(id)) ? copied(`output ${index}`, buffer(id)) : buffer(id);
  });
  const values = (graph.states ?? []).map(({ output }, index): PlanField | undefined => {
    if (tensor(output).data !== undefined) return { constant: constantTensor(output, { kind: 'raw' }) };
    const id = buffer(output);
    if (id === states[index]!.buffer) return undefined;
    return { buffer: held.has(id) ? copied(`state ${index}`, id) : id };
  });
  values.forEach((value, index) => {
    if (value !== undefined) copy(`state ${index}`, value, states[index]!.buffer);
  });
  const live = lifetimes(buffers.length, steps, [...inputs, ...held], outputs);
  const placed = buffers.map((entry, id) => ({ ...entry, live: live[id]! }));
  return { buffers: placed, constants, steps, inputs, outputs, ...(states.length > 0 && { states }) };
}
