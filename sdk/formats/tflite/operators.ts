import { ModelError } from '../../core/errors.ts';
import { elementCount, formatShape, sameShape } from '../../core/shape.ts';
import type { Attribute } from '../../ir/graph.ts';
import { activationOf, extents, padsOf, spatial } from './attributes.ts';
import type { BuiltinOperator } from './builtin-operators.ts';
import { detectionAttributes, detectionShapes } from './detection.ts';
import type { Fields, Table } from './flatbuffer.ts';
import { axisOf, constantIntegers } from './integers.ts';
import { lstmRow } from './lstm.ts';
import { sliceRange, stridedRange } from './ranges.ts';
import { checkNewShape } from './reshape.ts';
import * as schema from './schema.ts';
import type { Operands, OperatorRow, OperatorTable } from './types.ts';

/** Most inputs or outputs of an operator that takes any number of them. */
const MAX_OPERANDS = 4096;

interface OptionsOf<Name extends string> {
  readonly type: keyof typeof schema.BuiltinOptions;
  readonly fields: Fields<Name>;
  decode(options: Table<Name>, operands: Operands): Record<string, Attribute>;
}

function row<Name extends string>(
  builtin: BuiltinOperator, op: string, counts: { inputs: readonly [number, number]; kept?: number; outputs?: number }, options: OptionsOf<Name>,
): OperatorRow {
  return {
    builtin,
    op,
    inputs: counts.inputs,
    kept: counts.kept ?? counts.inputs[1],
    ...(counts.outputs !== undefined && { outputs: counts.outputs }),
    attributes: (operator, operands, where) => {
      const type = operator.u8('builtin_options_type');
      if (type !== 0 && type !== schema.BuiltinOptions[options.type]) {
        throw new ModelError('invalid-attribute', `${where}: builtin_options_type is ${type}; ` +
          `allowed: ${schema.BuiltinOptions[options.type]} (${options.type}); export the model again`);
      }
      return options.decode(operator.table('builtin_options', options.fields, where), operands);
    },
  };
}

/** An operator whose options table, if any, says nothing. */
function plainRow(builtin: BuiltinOperator, op: string, inputs: readonly [number, number], attributes: Record<string, Attribute>): OperatorRow {
  return { builtin, op, inputs, kept: inputs[1], attributes: () => attributes };
}

function convolution(options: Table<keyof typeof schema.Conv2DOptions>, { inputs: [input, weights] }: Operands): Record<string, Attribute> {
  const window = {
    input: spatial(input!, 'input', options.where),
    kernel: spatial(weights!, 'weights', options.where),
    strides: extents(options, 'stride_h', 'stride_w', 0),
    dilations: extents(options, 'dilation_h_factor', 'dilation_w_factor', 1),
  };
  const { strides, dilations } = window;
  return { strides, dilations, pads: padsOf(options, window), activation: activationOf(options) };
}

function transposedConvolution(
  options: Table<keyof typeof schema.TransposeConvOptions>, { inputs: [shape, weights], outputs: [output] }: Operands,
): Record<string, Attribute> {
  const size = spatial(output!, 'output', options.where);
  const asked = constantIntegers(shape, 'output shape', options.where);
  if (!sameShape(asked, output!.shape)) {
    throw new ModelError('invalid-shape', `${options.where}: output shape ${asked.join('x')} is not that of output "${output!.name}" ` +
      `(${formatShape(output!.shape)}); export the model again`);
  }
  const strides = extents(options, 'stride_h', 'stride_w', 0);
  const window = { input: size, kernel: spatial(weights!, 'weights', options.where), strides, dilations: [1, 1] as const };
  return { strides, pads: padsOf(options, window).slice(0, 2), size, activation: activationOf(options) };
}

function pooling(options: Table<keyof typeof schema.Pool2DOptions>, { inputs: [input] }: Operands): Record<string, Attribute> {
  const kernel = extents(options, 'filter_height', 'filter_width', 0);
  const strides = extents(options, 'stride_h', 'stride_w', 0);
  const pads = padsOf(options, { input: spatial(input!, 'input', options.where), kernel, strides, dilations: [1, 1] });
  return { kernel, strides, pads, activation: activationOf(options) };
}

function fullyConnected(options: Table<keyof typeof schema.FullyConnectedOptions>): Record<string, Attribute> {
  const format = options.i8('weights_format');
  if (format !== 0) {
    throw new ModelError('unsupported-attribute', `${options.where}: weights_format ${schema.FULLY_CONNECTED_WEIGHTS_FORMATS[format] ?? format} ` +
      `is not supported; allowed: ${schema.FULLY_CONNECTED_WEIGHTS_FORMATS[0]}`);
  }
  return { activation: activationOf(options), keepDims: options.bool('keep_num_dims') };
}

function softmax(options: Table<keyof typeof schema.SoftmaxOptions>): Record<string, Attribute> {
  const beta = options.f32('beta');
  if (beta > 0 && beta < Infinity) return { beta };
  throw new ModelError('invalid-attribute', `${options.where}: beta is ${beta}; it must be finite and above 0; export the model again`);
}

function reshape(options: Table<keyof typeof schema.ReshapeOptions>, operands: Operands): Record<string, Attribute> {
  checkNewShape(options, operands);
  return {};
}

function pad(options: Table<never>, { inputs: [, paddings] }: Operands): Record<string, Attribute> {
  const pads = constantIntegers(paddings && { ...paddings, shape: [elementCount(paddings.shape)] }, 'paddings', options.where);
  return { before: pads.filter((_, index) => index % 2 === 0), after: pads.filter((_, index) => index % 2 === 1) };
}

function gather(options: Table<keyof typeof schema.GatherOptions>, { inputs: [input] }: Operands): Record<string, Attribute> {
  const batches = options.i32('batch_dims', 0);
  if (batches !== 0) throw new ModelError('unsupported-attribute', `${options.where}: batch_dims is ${batches}; allowed: 0`);
  const axis = options.i32('axis', 0);
  return { axis: axis < 0 ? axis + input!.shape.length : axis };
}

function binary(builtin: BuiltinOperator, op: string, type: keyof typeof schema.BuiltinOptions): OperatorRow {
  return row(builtin, op, { inputs: [2, 2] }, { type, fields: schema.AddOptions, decode: (options) => ({ activation: activationOf(options) }) });
}

type ResizeTable = Table<'align_corners' | 'half_pixel_centers'>;

function resize(options: ResizeTable, { inputs: [, size] }: Operands): Record<string, Attribute> {
  return {
    size: constantIntegers(size, 'size', options.where), alignCorners: options.bool('align_corners'), halfPixelCenters: options.bool('half_pixel_centers'),
  };
}

function mean(options: Table<keyof typeof schema.ReducerOptions>, { inputs: [input, axes] }: Operands): Record<string, Attribute> {
  const rank = input!.shape.length;
  const stated = constantIntegers(axes, 'axes', options.where).map((axis) => axisOf(axis, rank, options.where));
  return { axes: [...new Set(stated)], keepDims: options.bool('keep_dims') };
}

function withoutActivation(options: Table<'fused_activation_function'>): Record<string, Attribute> {
  const activation = activationOf(options);
  if (activation === 'none') return {};
  throw new ModelError('unsupported-attribute', `${options.where}: fused_activation_function ${activation} is not supported; allowed: none`);
}

function concatenation(options: Table<keyof typeof schema.ConcatenationOptions>, { outputs: [output] }: Operands): Record<string, Attribute> {
  withoutActivation(options);
  return { axis: axisOf(options.i32('axis', 0), output!.shape.length, options.where) };
}

/** Block and margins of SPACE_TO_BATCH_ND and BATCH_TO_SPACE_ND: [before, after] of each axis in the file. */
function blocks(_operator: OperatorTable, { inputs: [, block, edges] }: Operands, where: string): Record<string, Attribute> {
  const [top = -1, bottom = -1, left = -1, right = -1] = constantIntegers(edges, 'padding', where);
  return { block: constantIntegers(block, 'block', where), margins: [top, left, bottom, right] };
}

/** Operators that can be read. */
export const operatorRows: readonly OperatorRow[] = Object.freeze([
  row('CONV_2D', 'conv2d', { inputs: [2, 3] }, { type: 'Conv2DOptions', fields: schema.Conv2DOptions, decode: convolution }),
  row('DEPTHWISE_CONV_2D', 'depthwise-conv2d', { inputs: [2, 3] },
    { type: 'DepthwiseConv2DOptions', fields: schema.DepthwiseConv2DOptions, decode: convolution }),
  { ...row('TRANSPOSE_CONV', 'transpose-conv2d', { inputs: [3, 4] },
    { type: 'TransposeConvOptions', fields: schema.TransposeConvOptions, decode: transposedConvolution }), order: [2, 1, 3] },
  row('FULLY_CONNECTED', 'fully-connected', { inputs: [2, 3] },
    { type: 'FullyConnectedOptions', fields: schema.FullyConnectedOptions, decode: fullyConnected }),
  row('BATCH_MATMUL', 'batch-matmul', { inputs: [2, 2] }, {
    type: 'BatchMatMulOptions', fields: schema.BatchMatMulOptions,
    decode: (options) => ({ adjointA: options.bool('adj_x'), adjointB: options.bool('adj_y') }),
  }),
  lstmRow('LSTM'),
  lstmRow('UNIDIRECTIONAL_SEQUENCE_LSTM'),
  binary('ADD', 'add', 'AddOptions'),
  binary('SUB', 'sub', 'SubOptions'),
  binary('MUL', 'mul', 'MulOptions'),
  binary('DIV', 'div', 'DivOptions'),
  row('AVERAGE_POOL_2D', 'average-pool2d', { inputs: [1, 1] }, { type: 'Pool2DOptions', fields: schema.Pool2DOptions, decode: pooling }),
  row('MAX_POOL_2D', 'max-pool2d', { inputs: [1, 1] }, { type: 'Pool2DOptions', fields: schema.Pool2DOptions, decode: pooling }),
  row('SOFTMAX', 'softmax', { inputs: [1, 1] }, { type: 'SoftmaxOptions', fields: schema.SoftmaxOptions, decode: softmax }),
  row('PAD', 'pad', { inputs: [2, 2], kept: 1 }, { type: 'PadOptions', fields: {}, decode: pad }),
  row('GATHER', 'gather', { inputs: [2, 2] }, { type: 'GatherOptions', fields: schema.GatherOptions, decode: gather }),
  plainRow('RELU', 'clamp', [1, 1], { activation: 'relu' }),
  plainRow('RELU6', 'clamp', [1, 1], { activation: 'relu6' }),
  plainRow('RELU_N1_TO_1', 'clamp', [1, 1], { activation: 'relu-n1-to-1' }),
  row('FLOOR_DIV', 'floor-div', { inputs: [2, 2] }, { type: 'FloorDivOptions', fields: {}, decode: () => ({ activation: 'none' }) }),
  row('RESIZE_BILINEAR', 'resize-bilinear', { inputs: [2, 2], kept: 1 },
    { type: 'ResizeBilinearOptions', fields: schema.ResizeBilinearOptions, decode: resize }),
  row('RESIZE_NEAREST_NEIGHBOR', 'resize-nearest-neighbor', { inputs: [2, 2], kept: 1 },
    { type: 'ResizeNearestNeighborOptions', fields: schema.ResizeNearestNeighborOptions, decode: resize }),
  row('TRANSPOSE', 'transpose', { inputs: [2, 2], kept: 1 }, {
    type: 'TransposeOptions', fields: {}, decode: (options, { inputs: [, order] }) => ({ permutation: constantIntegers(order, 'permutation', options.where) }),
  }),
  row('SLICE', 'slice', { inputs: [3, 3], kept: 1 }, { type: 'SliceOptions', fields: {}, decode: sliceRange }),
  row('STRIDED_SLICE', 'slice', { inputs: [4, 4], kept: 1 },
    { type: 'StridedSliceOptions', fields: schema.StridedSliceOptions, decode: stridedRange }),
  row('PACK', 'pack', { inputs: [1, MAX_OPERANDS] }, {
    type: 'PackOptions', fields: schema.PackOptions,
    decode: (options, { outputs: [output] }) => ({ axis: axisOf(options.i32('axis', 0), output!.shape.length, options.where) }),
  }),
  row('UNPACK', 'unpack', { inputs: [1, 1], outputs: MAX_OPERANDS }, {
    type: 'UnpackOptions', fields: schema.UnpackOptions,
    decode: (options, { inputs: [input] }) => ({ axis: axisOf(options.i32('axis', 0), input!.shape.length, options.where) }),
  }),
  { ...row('SPLIT', 'split', { inputs: [2, 2], kept: 1, outputs: MAX_OPERANDS }, {
    type: 'SplitOptions', fields: {},
    decode: (options, { inputs: [axis, input] }) => (
      { axis: axisOf(constantIntegers(axis, 'axis', options.where)[0], input!.shape.length, options.where) }),
  }), first: 1 },
  row('ARG_MAX', 'arg-max', { inputs: [2, 2], kept: 1 }, {
    type: 'ArgMaxOptions', fields: {},
    decode: (options, { inputs: [input, axis] }) => (
      { axis: axisOf(constantIntegers(axis, 'axis', options.where)[0], input!.shape.length, options.where) }),
  }),
  row('CAST', 'cast', { inputs: [1, 1] }, { type: 'CastOptions', fields: {}, decode: () => ({}) }),
  row('GATHER_ND', 'gather-nd', { inputs: [2, 2] }, { type: 'GatherNdOptions', fields: {}, decode: () => ({}) }),
  row('HARD_SWISH', 'hard-swish', { inputs: [1, 1] }, { type: 'HardSwishOptions', fields: {}, decode: () => ({}) }),
  row('L2_NORMALIZATION', 'l2-normalization', { inputs: [1, 1] },
    { type: 'L2NormOptions', fields: schema.AddOptions, decode: withoutActivation }),
  row('LEAKY_RELU', 'leaky-relu', { inputs: [1, 1] },
    { type: 'LeakyReluOptions', fields: schema.LeakyReluOptions, decode: (options) => ({ alpha: options.f32('alpha') }) }),
  plainRow('SQRT', 'sqrt', [1, 1], {}),
  plainRow('TANH', 'tanh', [1, 1], {}),
  row('CONCATENATION', 'concat', { inputs: [1, MAX_OPERANDS] },
    { type: 'ConcatenationOptions', fields: schema.ConcatenationOptions, decode: concatenation }),
  row('MEAN', 'mean', { inputs: [2, 2], kept: 1 }, { type: 'ReducerOptions', fields: schema.ReducerOptions, decode: mean }),
  plainRow('QUANTIZE', 'quantize', [1, 1], {}),
  plainRow('DEQUANTIZE', 'dequantize', [1, 1], {}),
  plainRow('LOGISTIC', 'logistic', [1, 1], {}),
  plainRow('SQUEEZE', 'reshape', [1, 1], {}),
  { ...plainRow('EXPAND_DIMS', 'reshape', [2, 2], {}), kept: 1 },
  {
    builtin: 'CUSTOM "TFLite_Detection_PostProcess"',
    op: 'detection-post-process',
    inputs: [3, 3],
    outputs: 4,
    kept: 3,
    attributes: (operator, _, where) => detectionAttributes(operator, where),
    shapes: detectionShapes,
  },
  { ...row('RESHAPE', 'reshape', { inputs: [1, 2], kept: 1 }, { type: 'ReshapeOptions', fields: schema.ReshapeOptions, decode: reshape }), keptIfComputed: 2 },
  plainRow('SHAPE', 'shape', [1, 1], {}),
  { builtin: 'SPACE_TO_BATCH_ND', op: 'space-to-batch', inputs: [3, 3], kept: 1, attributes: blocks },
  { builtin: 'BATCH_TO_SPACE_ND', op: 'batch-to-space', inputs: [3, 3], kept: 1, attributes: blocks },
]);
