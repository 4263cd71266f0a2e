import { bitsOf } from '../core/dtype.ts';
import { roundHalfAway } from '../core/math.ts';
import { bytesOf, sourceField } from './kernel-fields.ts';
import type { Fields } from './kernel-fields.ts';
import { operand, rejectOperand } from './operands.ts';
import { inferResize, resizeOf, scaleOf } from './resize.ts';
import type { ResizeAxis } from './resize.ts';
import type { Operator } from './types.ts';

/** Source index of every output index (TFLite resize_nearest_neighbor.h, GetNearestNeighbor, in float32). */
function sourcesOf(axis: ResizeAxis): Int32Array {
  const scale = scaleOf(axis);
  return Int32Array.from({ length: axis.output }, (_, index) => {
    const place = Math.fround(Math.fround(index + (axis.halfPixelCenters ? 0.5 : 0)) * scale);
    return Math.min(axis.alignCorners ? roundHalfAway(place) : Math.floor(place), axis.input - 1);
  });
}

/** NHWC elements of any whole bytes, each the nearest of the input. Attributes: size [height, width], alignCorners, halfPixelCenters. */
export const resizeNearestNeighbor: Operator = {
  name: 'resize-nearest-neighbor',

  infer(node, inputs, outputs) {
    const input = operand(node, inputs, 0, 'input');
    if (bitsOf(input.dtype) < 8) rejectOperand(node, 'input', input, `is ${input.dtype}; ${node.op} supports elements of whole bytes`);
    return inferResize(node, inputs, outputs);
  },

  reference(node, inputs, outputs) {
    const input = operand(node, inputs, 0, 'input');
    const { height, width } = resizeOf(node, input);
    const [rows, columns] = [sourcesOf(height), sourcesOf(width)];
    const [batch = 0, , , channels = 0] = input.shape;
    const [x, y] = [input.data as Uint8Array, operand(node, outputs, 0, 'output').data as Uint8Array];
    let at = 0;
    for (let n = 0; n < batch; n++) {
      for (const row of rows) {
        for (const column of columns) {
          const from = ((n * height.input + row) * width.input + column) * channels;
          y.set(x.subarray(from, from + channels), at);
          at += channels;
        }
      }
    }
  },

  lower(node, lowering) {
    const [inputId = -1] = node.inputs;
    const [output = -1] = node.outputs;
    const { shape, dtype } = lowering.tensor(inputId);
    const { height, width } = resizeOf(node, lowering.tensor(inputId));
    const run = (shape[3]! * bitsOf(dtype)) / 8;
    const rowBytes = width.input * run;
    const table = (axis: ResizeAxis, bytes: number, name: string): { constant: number } => ({
      constant: lowering.constantData(`${node.name} ${name}`, bytesOf(sourcesOf(axis).map((index) => index * bytes)), { kind: 'raw' }),
    });
    const fields: Fields<'ResizeNearestParams'> = {
      INPUT: sourceField(lowering, inputId),
      OUTPUT: { buffer: lowering.buffer(output) },
      RUN: run,
      IMAGE_BYTES: height.input * rowBytes,
      OUTPUT_HEIGHT: height.output,
      OUTPUT_WIDTH: width.output,
      ROWS: table(height, rowBytes, 'rows'),
      COLUMNS: table(width, run, 'columns'),
    };
    lowering.step({ kernel: 'resize_nearest_x8', params: 'ResizeNearestParams', fields, units: shape[0]! * height.output });
  },
};
