import { ModelError } from '../core/errors.ts';
import { MAX_EXTENT } from '../core/shape.ts';
import type { Node } from '../ir/graph.ts';
import { integersAttribute } from './attributes.ts';

/** A sliding window along one spatial axis. */
export interface WindowAxis {
  readonly input: number;
  readonly output: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly padBefore: number;
}

export interface Window {
  readonly height: WindowAxis;
  readonly width: WindowAxis;
}

function axisOf(node: Node, name: string, axis: Omit<WindowAxis, 'output'>, padAfter: number): WindowAxis {
  const reach = (axis.kernel - 1) * axis.dilation + 1;
  if (axis.padBefore >= reach || padAfter >= reach) {
    throw new ModelError('invalid-attribute', `${node.name}: ${name} pads ${axis.padBefore} and ${padAfter} must be less than the window's ${reach}`);
  }
  const room = axis.input + axis.padBefore + padAfter - reach;
  if (room < 0) {
    const padded = `${axis.input} with pads ${axis.padBefore} and ${padAfter}`;
    throw new ModelError('invalid-operand', `${node.name}: input ${name} ${padded} is less than the window's ${reach}`);
  }
  return { ...axis, output: Math.floor(room / axis.stride) + 1 };
}

/** Windows of `kernel` over an NHWC `input`, from the attributes strides, pads and, where the operator has it, dilations. */
export function windowOf(node: Node, input: readonly number[], kernel: readonly [height: number, width: number], dilated: boolean): Window {
  const strides = integersAttribute(node, 'strides', 2, 1, MAX_EXTENT);
  const pads = integersAttribute(node, 'pads', 4, 0, MAX_EXTENT);
  const dilations = dilated ? integersAttribute(node, 'dilations', 2, 1, MAX_EXTENT) : [1, 1];
  const height = { input: input[1]!, kernel: kernel[0], stride: strides[0]!, dilation: dilations[0]!, padBefore: pads[0]! };
  const width = { input: input[2]!, kernel: kernel[1], stride: strides[1]!, dilation: dilations[1]!, padBefore: pads[1]! };
  return { height: axisOf(node, 'height', height, pads[2]!), width: axisOf(node, 'width', width, pads[3]!) };
}

/** First and one past the last tap inside the input, for the window of `output`. */
export function validTaps(axis: WindowAxis, output: number): readonly [first: number, end: number] {
  const origin = output * axis.stride - axis.padBefore;
  const first = Math.max(0, Math.ceil(-origin / axis.dilation));
  const end = Math.min(axis.kernel, Math.ceil((axis.input - origin) / axis.dilation));
  return [first, Math.max(first, end)];
}

/** Taps inside the input, summed over all output positions along one axis: for each tap, the outputs whose tap lies inside. */
function countAxisTaps({ input, output, kernel, stride, dilation, padBefore }: WindowAxis): number {
  let taps = 0;
  for (let tap = 0; tap < kernel; tap++) {
    const shift = padBefore - tap * dilation;
    const first = Math.max(0, Math.ceil(shift / stride));
    const last = Math.min(output - 1, Math.floor((input - 1 + shift) / stride));
    taps += Math.max(0, last - first + 1);
  }
  return taps;
}

/** Taps inside the input, summed over all output positions of one picture. */
export function countValidTaps({ height, width }: Window): number {
  return countAxisTaps(height) * countAxisTaps(width);
}
