import * as v from 'valibot';
import { byteLength } from '../core/dtype.ts';
import { PlanError } from '../core/errors.ts';
import { elementCount } from '../core/shape.ts';
import { planSchema } from './schema.ts';
import type { EncodedPlan } from './schema.ts';
import type { Plan, PlanBand, PlanConstant, PlanField, PlanLayout, PlanPort, PlanState, PlanStep } from './types.ts';

/** Longest text that is parsed, in UTF-16 units. */
const MAX_TEXT = 67_108_864;

function reject(where: string, problem: string): never {
  throw new PlanError('invalid-plan', `plan: ${where} ${problem}; compile the model again`);
}

function parse(text: string): EncodedPlan {
  if (text.length > MAX_TEXT) reject('text', `has ${text.length} characters, at most ${MAX_TEXT} are read`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new PlanError('invalid-plan', `plan: not JSON (${(cause as Error).message}); compile the model again`, { cause });
  }
  const result = v.safeParse(planSchema, value, { abortEarly: true });
  if (result.success) return result.output;
  const issue = result.issues[0];
  reject(v.getDotPath(issue) ?? 'document', `is wrong: ${issue.message}`);
}

/** Bytes of the raw constant that a layout packs; a raw layout takes any number. */
function layoutBytes(layout: PlanLayout): number | undefined {
  switch (layout.kind) {
    case 'raw': return undefined;
    case 'gemm-f32-weights': return layout.columns * layout.depth * 4;
    case 'gemm-weights':
    case 'gemm-f32-codes': return layout.columns * layout.depth;
    case 'gemm-bias':
    case 'gemm-scale': return layout.columns * 4;
    case 'dwconv-weights':
    case 'dwconv-f32-codes': return layout.taps * layout.channels;
    case 'dwconv-bias':
    case 'dwconv-scale': return layout.channels * 4;
  }
}

function decodeConstant({ data: text, ...constant }: EncodedPlan['constants'][number], index: number): PlanConstant {
  const where = `constants.${index}`;
  const expected = layoutBytes(constant.layout);
  if (expected !== undefined && expected !== constant.bytes) reject(`${where}.bytes`, `is ${constant.bytes}; its layout takes ${expected}`);
  if ((text === undefined) === (constant.tensor === undefined)) reject(where, 'must have either tensor or data');
  if (text === undefined) return constant;
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) reject(`${where}.data`, 'is not base64');
  const data = new Uint8Array(bytes);
  if (data.byteLength !== constant.bytes) reject(`${where}.data`, `has ${data.byteLength} bytes; bytes states ${constant.bytes}`);
  return { ...constant, data };
}

function checkWeights({ layout }: PlanConstant, index: number, constants: readonly PlanConstant[]): void {
  if (!('weights' in layout)) return;
  const weights = constants[layout.weights]?.layout;
  const fits = layout.kind === 'gemm-bias'
    ? weights?.kind === 'gemm-weights' && weights.columns === layout.columns && weights.depth === layout.depth
    : weights?.kind === 'dwconv-weights' && weights.taps === layout.taps && weights.channels === layout.channels;
  const wanted = layout.kind.replace('bias', 'weights');
  if (!fits) reject(`constants.${index}.layout.weights`, `is ${layout.weights}, which is no ${wanted} constant of the same size`);
}

function checkScales({ layout }: PlanConstant, index: number, constants: readonly PlanConstant[]): void {
  if (!('scales' in layout)) return;
  const outputs = layout.kind === 'gemm-f32-codes' ? layout.columns : layout.channels;
  const scales = constants[layout.scales];
  if (scales?.layout.kind === 'raw' && scales.bytes === outputs * 4) return;
  reject(`constants.${index}.layout.scales`, `is ${layout.scales}, which is no raw constant of ${outputs} scales`);
}

function checkField(field: PlanField, where: string, plan: Plan): void {
  if (typeof field !== 'object') return;
  const isBuffer = 'buffer' in field;
  if (!isBuffer && !('constant' in field)) return;
  const target = isBuffer ? plan.buffers[field.buffer] : plan.constants[field.constant];
  if (target === undefined) reject(where, `refers to ${isBuffer ? `buffer ${field.buffer}` : `constant ${field.constant}`}, which does not exist`);
  if ((field.offset ?? 0) > target.bytes) reject(`${where}.offset`, `is ${field.offset}, past the ${target.bytes} bytes of '${target.name}'`);
}

function checkStep(step: PlanStep, index: number, plan: Plan): void {
  for (const [name, field] of Object.entries(step.fields)) checkField(field, `steps.${index}.fields.${name}`, plan);
}

function checkBand({ first, pace, last, blockUnits, leadRows, leadUnits }: PlanBand, index: number, plan: Plan): void {
  const where = `bands.${index}`;
  const previous = plan.bands[index - 1]?.last ?? -1;
  if (first <= previous || last <= first || last >= plan.steps.length) {
    reject(where, `joins steps ${first} to ${last}; allowed are two or more of steps ${previous + 1} to ${plan.steps.length - 1}`);
  }
  if (pace !== first && pace !== first + 1) reject(`${where}.pace`, `is ${pace}; allowed are ${first} and ${first + 1}`);
  if (pace !== first && (leadRows === 0 || leadUnits === 0)) reject(`${where}.leadUnits`, 'and leadRows must be above 0 where the second step sets the pace');
  if (plan.steps[pace]!.units % blockUnits !== 0) reject(`${where}.blockUnits`, `is ${blockUnits}, which does not divide ${plan.steps[pace]!.units} units`);
}

function checkPort(port: PlanPort, where: string, plan: Plan): void {
  const buffer = plan.buffers[port.buffer];
  if (buffer === undefined) reject(`${where}.buffer`, `is ${port.buffer}; the plan has ${plan.buffers.length} buffers`);
  const bytes = byteLength(port.dtype, elementCount(port.shape));
  if (bytes !== buffer.bytes) reject(`${where}.shape`, `takes ${bytes} bytes as ${port.dtype}; its buffer has ${buffer.bytes}`);
}

function checkState({ buffer, initial }: PlanState, where: string, plan: Plan): void {
  const target = plan.buffers[buffer];
  if (target === undefined) reject(`${where}.buffer`, `is ${buffer}; the plan has ${plan.buffers.length} buffers`);
  if (target.live[0] !== -1 || target.live[1] !== plan.steps.length) reject(`${where}.buffer`, `is ${buffer}, which does not live through the whole run`);
  if ('fill' in initial) return;
  const constant = plan.constants[initial.constant];
  if (constant?.layout.kind === 'raw' && constant.bytes === target.bytes) return;
  reject(`${where}.initial`, `is ${initial.constant}, which is no raw constant of ${target.bytes} bytes`);
}

function checkBuffers(plan: Plan): void {
  plan.buffers.forEach(({ bytes, offset, live: [first, last] }, index) => {
    if (offset + bytes > plan.arenaBytes) reject(`buffers.${index}`, `ends at ${offset + bytes}, past the arena of ${plan.arenaBytes} bytes`);
    if (first > last || last > plan.steps.length) reject(`buffers.${index}.live`, `is ${first} to ${last}; the plan has ${plan.steps.length} steps`);
  });
  if (plan.arenaLowerBound > plan.arenaBytes) reject('arenaLowerBound', `is ${plan.arenaLowerBound}, more than arenaBytes ${plan.arenaBytes}`);
}

/**
 * Reads a plan from its JSON text, checking every value and reference.
 * @throws PlanError naming the field
 */
export function decode(text: string): Plan {
  const encoded = parse(text);
  const plan: Plan = { ...encoded, constants: encoded.constants.map(decodeConstant) };
  plan.constants.forEach((constant, index) => {
    checkWeights(constant, index, plan.constants);
    checkScales(constant, index, plan.constants);
  });
  checkBuffers(plan);
  plan.steps.forEach((step, index) => checkStep(step, index, plan));
  plan.bands.forEach((band, index) => checkBand(band, index, plan));
  plan.inputs.forEach((port, index) => checkPort(port, `inputs.${index}`, plan));
  plan.outputs.forEach((port, index) => checkPort(port, `outputs.${index}`, plan));
  plan.states?.forEach((state, index) => checkState(state, `states.${index}`, plan));
  return plan;
}
