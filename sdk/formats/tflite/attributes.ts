import { ModelError } from '../../core/errors.ts';
import { formatShape, MAX_EXTENT } from '../../core/shape.ts';
import type { Tensor } from '../../ir/graph.ts';
import type { Table } from './flatbuffer.ts';
import { ACTIVATION_FUNCTIONS, PADDINGS } from './schema.ts';

const ACTIVATIONS: Partial<Record<(typeof ACTIVATION_FUNCTIONS)[number], string>> = {
  NONE: 'none', RELU: 'relu', RELU6: 'relu6', RELU_N1_TO_1: 'relu-n1-to-1',
};

/** Canonical name of the fused activation. */
export function activationOf(options: Table<'fused_activation_function'>): string {
  const code = options.i8('fused_activation_function');
  const name = ACTIVATION_FUNCTIONS[code];
  const activation = name && ACTIVATIONS[name];
  if (activation) return activation;
  throw new ModelError('unsupported-attribute', `${options.where}: fused_activation_function ${name ?? code} is not supported; ` +
    `allowed: ${Object.keys(ACTIVATIONS).join(', ')}`);
}

/** A height and width, each at least 1. */
export function extents<Name extends string>(options: Table<Name>, height: Name, width: Name, fallback: number): [number, number] {
  return [extent(options, height, fallback), extent(options, width, fallback)];
}

function extent<Name extends string>(options: Table<Name>, name: Name, fallback: number): number {
  const value = options.i32(name, fallback);
  if (value >= 1 && value <= MAX_EXTENT) return value;
  throw new ModelError('invalid-attribute', `${options.where}: ${name} is ${value}; allowed are 1 to ${MAX_EXTENT}; export the model again`);
}

/** Height and width of an NHWC input, OHWI or 1HWC weights. */
export function spatial(tensor: Tensor, role: string, where: string): [number, number] {
  const [, height, width] = tensor.shape;
  if (tensor.shape.length === 4 && height !== undefined && width !== undefined) return [height, width];
  throw new ModelError('invalid-shape', `${where}: ${role} "${tensor.name}" has shape ${formatShape(tensor.shape)}; 4 dimensions are needed`);
}

export interface Window {
  readonly input: readonly [number, number];
  readonly kernel: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
}

/** `[top, left, bottom, right]`: SAME keeps ceil(input / stride) outputs, the odd element goes after. */
export function padsOf(options: Table<'padding'>, window: Window): number[] {
  const code = options.i8('padding');
  const padding = PADDINGS[code];
  if (!padding) {
    throw new ModelError('invalid-attribute', `${options.where}: padding is ${code}; allowed: ${PADDINGS.join(', ')}; export the model again`);
  }
  const totals = ([0, 1] as const).map((axis) => {
    const span = (window.kernel[axis] - 1) * window.dilations[axis] + 1;
    if (span > MAX_EXTENT) {
      throw new ModelError('invalid-attribute', `${options.where}: the dilated filter spans ${span} elements; allowed are at most ${MAX_EXTENT}`);
    }
    const outputs = Math.ceil(window.input[axis] / window.strides[axis]);
    return padding === 'SAME' ? Math.max((outputs - 1) * window.strides[axis] + span - window.input[axis], 0) : 0;
  });
  const before = totals.map((total) => Math.floor(total / 2));
  return [...before, ...totals.map((total, axis) => total - before[axis]!)];
}
