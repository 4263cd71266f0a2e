// What average-pool2d and max-pool2d share.

import { ModelError } from '../core/errors.ts';
import { MAX_EXTENT } from '../core/shape.ts';
import type { Node, Tensor, TensorType } from '../ir/graph.ts';
import { clampCode, clampReal, codeRange, realRange } from './activation.ts';
import { booleanAttribute, checkAttributeNames, integersAttribute } from './attributes.ts';
import { checkFloat, isFloat } from './float-operands.ts';
import { clampFields, roundingFields, sourceField } from './kernel-fields.ts';
import type { Fields } from './kernel-fields.ts';
import { checkActivation, checkOperandCount, checkSameQuantization, operand, tensorScale } from './operands.ts';
import { TAIL_SCRATCH } from './scratch.ts';
import type { Elements } from './convolution.ts';
import type { Lowering, TensorValue } from './types.ts';
import { poolFields } from './window-fields.ts';
import { validTaps, windowOf } from './window.ts';
import type { Window } from './window.ts';

/** Largest window: its int8 sum is exact in float32. */
const MAX_TAPS = 65536;

function poolWindow(node: Node, input: TensorType): Window {
  const [height = 0, width = 0] = integersAttribute(node, 'kernel', 2, 1, MAX_EXTENT);
  if (height * width > MAX_TAPS) {
    throw new ModelError('invalid-attribute', `${node.name}: attribute 'kernel' ${height}x${width} must have at most ${MAX_TAPS} taps`);
  }
  return windowOf(node, input.shape, [height, width], false);
}

/** What makes codes count from 0: those of an average over uint8 codes, which rounds ties up. */
export function liftOf(node: Node): number {
  return node.attributes['unsigned'] !== undefined && booleanAttribute(node, 'unsigned') ? 128 : 0;
}

export function inferPool(node: Node, inputs: readonly (Tensor | undefined)[], outputs: readonly Tensor[]): readonly TensorType[] {
  checkAttributeNames(node, ['kernel', 'strides', 'pads', 'activation', ...(node.op === 'average-pool2d' ? ['unsigned'] : [])]);
  liftOf(node);
  checkOperandCount(node, [1, 1]);
  const input = operand(node, inputs, 0, 'input');
  const output = operand(node, outputs, 0, 'output');
  if (isFloat(input)) {
    checkFloat(node, 'input', input, 4);
    checkFloat(node, 'output', output);
    realRange(node);
  } else {
    checkActivation(node, 'input', input, 4);
    checkActivation(node, 'output', output);
    checkSameQuantization(node, input, output);
    codeRange(node, tensorScale(output));
  }
  const { height, width } = poolWindow(node, input);
  return [{ ...output, shape: [input.shape[0]!, height.output, width.output, input.shape[3]!] }];
}

/** A running value over the taps of one window and one channel, and the element it becomes, before the clamp, after `taps` of them. */
export interface Reduction {
  readonly initial: number;
  fold(value: number, element: number): number;
  finish(value: number, taps: number): number;
}

function clampOf(node: Node, output: TensorType): (value: number) => number {
  if (isFloat(output)) {
    const range = realRange(node);
    return (value) => clampReal(value, range);
  }
  const range = codeRange(node, tensorScale(output));
  return (code) => clampCode(code, range);
}

/** Exact scalar pooling; taps outside the input are skipped. */
export function poolReference(node: Node, inputs: readonly (TensorValue | undefined)[], outputs: readonly TensorValue[], reduction: Reduction): void {
  const input = operand(node, inputs, 0, 'input');
  const output = operand(node, outputs, 0, 'output');
  const { height, width } = poolWindow(node, input);
  const [batch = 0, , , channels = 0] = input.shape;
  const clamp = clampOf(node, output);
  const x = input.data as Elements;
  const y = output.data as Elements;
  let at = 0;
  for (let n = 0; n < batch; n++) {
    for (let oy = 0; oy < height.output; oy++) {
      const [firstRow, endRow] = validTaps(height, oy);
      for (let ox = 0; ox < width.output; ox++) {
        const [firstColumn, endColumn] = validTaps(width, ox);
        const taps = (endRow - firstRow) * (endColumn - firstColumn);
        for (let c = 0; c < channels; c++) {
          let value = reduction.initial;
          for (let ky = firstRow; ky < endRow; ky++) {
            const iy = oy * height.stride - height.padBefore + ky;
            for (let kx = firstColumn; kx < endColumn; kx++) {
              const ix = ox * width.stride - width.padBefore + kx;
              value = reduction.fold(value, x[((n * height.input + iy) * width.input + ix) * channels + c]!);
            }
          }
          y[at++] = clamp(reduction.finish(value, taps));
        }
      }
    }
  }
}

/** Emits a pooling call on float32 elements. */
export function lowerPoolF32(node: Node, lowering: Lowering, kernel: 'avgpool2d_f32' | 'maxpool2d_f32'): void {
  const [input = -1] = node.inputs;
  const [output = -1] = node.outputs;
  const { shape } = lowering.tensor(input);
  const window = poolWindow(node, lowering.tensor(input));
  const fields: Fields<'Pool2dF32Params'> = {
    INPUT: sourceField(lowering, input),
    OUTPUT: { buffer: lowering.buffer(output) },
    CHANNELS: shape[3]!,
    ...poolFields(window),
    ...clampFields(realRange(node)),
  };
  lowering.step({ kernel, params: 'Pool2dF32Params', fields, units: shape[0]! * window.height.output });
}

/** Emits a pooling call; `reciprocals` makes the table that the average kernel reads, from the number of taps of a window. */
export function lowerPool(node: Node, lowering: Lowering, kernel: string, reciprocals?: (taps: number) => Uint8Array): void {
  const [input = -1] = node.inputs;
  const [output = -1] = node.outputs;
  const window = poolWindow(node, lowering.tensor(input));
  const { shape } = lowering.tensor(input);
  const taps = window.height.kernel * window.width.kernel;
  const fields: Fields<'Pool2dParams'> = {
    INPUT: sourceField(lowering, input),
    OUTPUT: { buffer: lowering.buffer(output) },
    CHANNELS: shape[3]!,
    ...poolFields(window),
    LIFT: liftOf(node),
    BIAS: { splat: 'f32', value: 0 },
    RECIPROCALS: reciprocals === undefined ? 0 : { constant: lowering.constantData(`${node.name} reciprocals`, reciprocals(taps), { kind: 'raw' }) },
    ...roundingFields(-liftOf(node), codeRange(node, tensorScale(lowering.tensor(output)))),
  };
  lowering.step({ kernel, params: 'Pool2dParams', fields, units: shape[0]! * window.height.output, scratch: TAIL_SCRATCH });
}
