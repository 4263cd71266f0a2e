// What average-pool2d and max-pool2d share.

import { ModelError } from '../core/errors.ts';
import type { Node, Tensor, TensorType } from '../ir/graph.ts';
import { clampCode, codeRange } from './activation.ts';
import { checkAttributeNames, integersAttribute } from './attributes.ts';
import { roundingFields, sourceField } from './kernel-fields.ts';
import type { Fields } from './kernel-fields.ts';
import { checkActivation, checkOperandCount, checkSameQuantization, operand, tensorScale } from './operands.ts';
import { TAIL_SCRATCH } from './scratch.ts';
import type { Lowering, TensorValue } from './types.ts';
import { validTaps, windowOf } from './window.ts';
import type { Window } from './window.ts';

const MAX_EXTENT = 65535;
/** Largest window: its int8 sum is exact in float32. */
const MAX_TAPS = 65536;

function poolWindow(node: Node, input: TensorType): Window {
  const [height = 0, width = 0] = integersAttribute(node, 'kernel', 2, 1, MAX_EXTENT);
  if (height * width > MAX_TAPS) {
    throw new ModelError('invalid-attribute', `${node.name}: attribute 'kernel' ${height}x${width} must have at most ${MAX_TAPS} taps`);
  }
  return windowOf(node, input.shape, [height, width], false);
}

export function inferPool(node: Node, inputs: readonly (Tensor | undefined)[], outputs: readonly Tensor[]): readonly TensorType[] {
  checkAttributeNames(node, ['kernel', 'strides', 'pads', 'activation']);
  checkOperandCount(node, [1, 1]);
  const input = operand(node, inputs, 0, 'input');
  const output = operand(node, outputs, 0, 'output');
  checkActivation(node, 'input', input, 4);
  checkActivation(node, 'output', output);
  checkSameQuantization(node, input, output);
  codeRange(node, tensorScale(output));
  const { height, width } = poolWindow(node, input);
  return [{ ...output, shape: [input.shape[0]!, height.output, width.output, input.shape[3]!] }];
}

/** A running value over the taps of one window and one channel, and the code it becomes after `taps` of them. */
export interface Reduction {
  readonly initial: number;
  fold(value: number, code: number): number;
  finish(value: number, taps: number): number;
}

/** Exact scalar pooling; taps outside the input are skipped. */
export function poolReference(node: Node, inputs: readonly (TensorValue | undefined)[], outputs: readonly TensorValue[], reduction: Reduction): void {
  const input = operand(node, inputs, 0, 'input');
  const output = operand(node, outputs, 0, 'output');
  const { height, width } = poolWindow(node, input);
  const [batch = 0, , , channels = 0] = input.shape;
  const range = codeRange(node, tensorScale(output));
  const x = input.data as Int8Array;
  const y = output.data as Int8Array;
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
          y[at++] = clampCode(reduction.finish(value, taps), range);
        }
      }
    }
  }
}

/** Emits a pooling call; `reciprocals` makes the table that the average kernel reads, from the number of taps of a window. */
export function lowerPool(node: Node, lowering: Lowering, kernel: string, reciprocals?: (taps: number) => Uint8Array): void {
  const [input = -1] = node.inputs;
  const [output = -1] = node.outputs;
  const { height, width } = poolWindow(node, lowering.tensor(input));
  const { shape } = lowering.tensor(input);
  const taps = height.kernel * width.kernel;
  const fields: Fields<'Pool2dParams'> = {
    INPUT: sourceField(lowering, input),
    OUTPUT: { buffer: lowering.buffer(output) },
    CHANNELS: shape[3]!,
    INPUT_HEIGHT: height.input,
    INPUT_WIDTH: width.input,
    OUTPUT_HEIGHT: height.output,
    OUTPUT_WIDTH: width.output,
    KERNEL_HEIGHT: height.kernel,
    KERNEL_WIDTH: width.kernel,
    STRIDE_HEIGHT: height.stride,
    STRIDE_WIDTH: width.stride,
    PAD_TOP: height.padBefore,
    PAD_LEFT: width.padBefore,
    RECIPROCALS: reciprocals === undefined ? 0 : { constant: lowering.constantData(`${node.name} reciprocals`, reciprocals(taps), { kind: 'raw' }) },
    ...roundingFields(0, codeRange(node, tensorScale(lowering.tensor(output)))),
  };
  lowering.step({ kernel, params: 'Pool2dParams', fields, units: shape[0]! * height.output, scratch: TAIL_SCRATCH });
}
