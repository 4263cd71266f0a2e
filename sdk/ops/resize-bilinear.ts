import { isFloat } from './float-operands.ts';
import { checkActivation, operand } from './operands.ts';
import { bytesOf, sourceField } from './kernel-fields.ts';
import type { Fields } from './kernel-fields.ts';
import { inferResize, resizeOf, scaleOf } from './resize.ts';
import type { ResizeAxis } from './resize.ts';
import { roundToEven } from './requantize.ts';
import { TAIL_SCRATCH } from './scratch.ts';
import type { Operator, RequantizeMode } from './types.ts';

/** Two neighbours along an axis and the share of the far one in units of 1 / 2^bits. */
interface Tap {
  readonly near: number;
  readonly far: number;
  readonly weight: number;
}

/** Shares from 0 to 1 of float32 coordinates, as in XNNPACK's resize-bilinear. */
function realTaps(axis: ResizeAxis): Tap[] {
  const scale = scaleOf(axis);
  const offset = axis.halfPixelCenters && !axis.alignCorners ? Math.fround(Math.fround(0.5 * scale) - 0.5) : 0;
  return Array.from({ length: axis.output }, (_, index) => {
    const place = Math.fround(Math.fround(index * scale) + offset);
    const bounded = Math.min(Math.max(place, 0), axis.input - 1);
    const near = Math.floor(bounded);
    return { near, far: Math.min(near + 1, axis.input - 1), weight: Math.fround(bounded - near) };
  });
}

/** The same in 1/2048. */
function taps11(axis: ResizeAxis): Tap[] {
  return realTaps(axis).map((tap) => ({ ...tap, weight: roundToEven(Math.fround(tap.weight * 2048)) }));
}

/** Shares in 1/1024 (TFLite resize_bilinear.h, ResizeBilinearInteger). */
function taps10({ input, output, alignCorners, halfPixelCenters }: ResizeAxis): Tap[] {
  const [from, to] = alignCorners && output > 1 ? [input - 1, output - 1] : [input, output];
  const scale = Math.floor((1024 * from + Math.floor(to / 2)) / to);
  return Array.from({ length: output }, (_, index) => {
    const place = index * scale + (halfPixelCenters ? Math.trunc(scale / 2) - 512 : 0);
    const near = Math.max(0, Math.trunc(place / 1024));
    return { near, far: Math.min(Math.trunc((place + 1023) / 1024), input - 1), weight: place - 1024 * near };
  });
}

/** Columns, then rows, each operation rounded to float32. */
function realBlend([topLeft, topRight, bottomLeft, bottomRight]: readonly [number, number, number, number], row: Tap, column: Tap): number {
  const between = (near: number, far: number, weight: number): number => Math.fround(near + Math.fround(Math.fround(far - near) * weight));
  return between(between(topLeft, topRight, column.weight), between(bottomLeft, bottomRight, column.weight), row.weight);
}

type Blend = (corners: readonly [number, number, number, number], row: Tap, column: Tap) => number;

function blendOf(mode: RequantizeMode): Blend {
  const bits = mode === 'float' ? 11 : 10;
  const one = 1 << bits;
  const half = 1 << (2 * bits - 1);
  return ([topLeft, topRight, bottomLeft, bottomRight], row, column) => {
    const top = topLeft * (one - column.weight) + topRight * column.weight;
    const bottom = bottomLeft * (one - column.weight) + bottomRight * column.weight;
    const sum = top * (one - row.weight) + bottom * row.weight;
    if (mode === 'tflite-double') return Math.trunc((sum + (sum > 0 ? half : -half)) / (2 * half));
    return Math.floor((sum + half) / (2 * half));
  };
}

/** `bytes` are those between neighbours; weights are integers, or reals as float32. */
function tableOf(taps: readonly Tap[], bytes: number, isReal: boolean): Uint8Array {
  const table = Int32Array.from(taps.flatMap(({ near, far, weight }) => [near * bytes, far * bytes, isReal ? 0 : weight]));
  if (isReal) taps.forEach(({ weight }, index) => new Float32Array(table.buffer).fill(weight, 3 * index + 2, 3 * index + 3));
  return bytesOf(table);
}

/** NHWC float32 or int8 pictures, bilinear. Attributes: size [height, width], alignCorners, halfPixelCenters. */
export const resizeBilinear: Operator = {
  name: 'resize-bilinear',

  infer(node, inputs, outputs) {
    if (!isFloat(inputs[0])) checkActivation(node, 'input', operand(node, inputs, 0, 'input'));
    return inferResize(node, inputs, outputs);
  },

  reference(node, inputs, outputs, mode) {
    const input = operand(node, inputs, 0, 'input');
    const { height, width } = resizeOf(node, input);
    const isReal = isFloat(input);
    const tapsOf = isReal ? realTaps : mode === 'float' ? taps11 : taps10;
    const [rows, columns] = [tapsOf(height), tapsOf(width)];
    const blend = isReal ? realBlend : blendOf(mode);
    const [batch = 0, , , channels = 0] = input.shape;
    const [x, y] = [input.data as Int8Array, operand(node, outputs, 0, 'output').data as Int8Array];
    const at = (n: number, row: number, column: number, channel: number): number =>
      x[((n * height.input + row) * width.input + column) * channels + channel]!;
    let index = 0;
    for (let n = 0; n < batch; n++) {
      for (const row of rows) {
        for (const column of columns) {
          for (let c = 0; c < channels; c++) {
            const top = [at(n, row.near, column.near, c), at(n, row.near, column.far, c)] as const;
            y[index++] = blend([...top, at(n, row.far, column.near, c), at(n, row.far, column.far, c)], row, column);
          }
        }
      }
    }
  },

  lower(node, lowering) {
    const [inputId = -1] = node.inputs;
    const [output = -1] = node.outputs;
    const input = lowering.tensor(inputId);
    const { shape } = input;
    const { height, width } = resizeOf(node, input);
    const isReal = isFloat(input);
    const tapsOf = isReal ? realTaps : taps11;
    const channels = shape[3]!;
    const pixelBytes = channels * (isReal ? 4 : 1);
    const rowBytes = width.input * pixelBytes;
    const fields: Fields<'ResizeBilinearParams'> = {
      INPUT: sourceField(lowering, inputId),
      OUTPUT: { buffer: lowering.buffer(output) },
      CHANNELS: channels,
      IMAGE_BYTES: height.input * rowBytes,
      OUTPUT_HEIGHT: height.output,
      OUTPUT_WIDTH: width.output,
      ROWS: { constant: lowering.constantData(`${node.name} rows`, tableOf(tapsOf(height), rowBytes, isReal), { kind: 'raw' }) },
      COLUMNS: { constant: lowering.constantData(`${node.name} columns`, tableOf(tapsOf(width), pixelBytes, isReal), { kind: 'raw' }) },
    };
    const kernel = isReal ? 'resize_bilinear_f32' : 'resize_bilinear_qs8';
    lowering.step({ kernel, params: 'ResizeBilinearParams', fields, units: shape[0]! * height.output, scratch: TAIL_SCRATCH });
  },
};
