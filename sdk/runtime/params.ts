import * as abi from '../../kernels/abi.ts';
import { PlanError } from '../core/errors.ts';
import type { PlanField, PlanStep } from '../plan/types.ts';

type Layout = Readonly<Record<string, number | string>>;

const LAYOUTS: Readonly<Record<string, Layout>> = Object.fromEntries(Object.entries(abi).filter(([name]) => name.endsWith('Params')));

/** Where buffers and constants of a plan lie in shared memory, and how the relaxed dot product takes its second operand. */
export interface Addresses {
  buffer(id: number): number;
  constant(id: number): number;
  readonly flip: boolean;
}

function layoutOf(step: PlanStep): Layout {
  const layout = Object.hasOwn(LAYOUTS, step.params) ? LAYOUTS[step.params] : undefined;
  if (layout === undefined) {
    throw new PlanError('unknown-params', `${step.node}: params '${step.params}' are not one of: ${Object.keys(LAYOUTS).join(', ')}`);
  }
  return layout;
}

/** Bytes of the params block of a step. */
export function paramsBytes(step: PlanStep): number {
  return layoutOf(step)['SIZE'] as number;
}

function writeField(view: DataView, at: number, field: PlanField, addresses: Addresses): void {
  if (typeof field === 'number') view.setInt32(at, field, true);
  else if ('f32' in field) view.setFloat32(at, field.f32, true);
  else if ('buffer' in field) view.setInt32(at, addresses.buffer(field.buffer) + (field.offset ?? 0), true);
  else if ('constant' in field) view.setInt32(at, addresses.constant(field.constant) + (field.offset ?? 0), true);
  else if ('flip' in field) for (let byte = 0; byte < 16; byte++) view.setUint8(at + byte, addresses.flip ? 0x80 : 0);
  else if (field.splat === 'i8') for (let byte = 0; byte < 16; byte++) view.setInt8(at + byte, field.value);
  else if (field.splat === 'i32') for (let lane = 0; lane < 16; lane += 4) view.setInt32(at + lane, field.value, true);
  else for (let lane = 0; lane < 16; lane += 4) view.setFloat32(at + lane, field.value, true);
}

/**
 * Writes the params block of a step at byte `at` of `view`.
 * @throws PlanError when a field of the layout is missing or unknown.
 */
export function writeParams(view: DataView, at: number, step: PlanStep, addresses: Addresses): void {
  const layout = layoutOf(step);
  for (const [name, offset] of Object.entries(layout)) {
    if (typeof offset !== 'number' || name === 'SIZE') continue;
    const field = step.fields[name];
    if (field === undefined) throw new PlanError('missing-field', `${step.node}: ${step.kernel} has no field ${name} of ${step.params}`);
    writeField(view, at + offset, field, addresses);
  }
  for (const name of Object.keys(step.fields)) {
    if (typeof layout[name] !== 'number') throw new PlanError('unknown-field', `${step.node}: ${step.params} has no field ${name}`);
  }
}
