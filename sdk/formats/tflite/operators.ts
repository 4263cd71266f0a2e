import { ModelError } from '../../core/errors.ts';
import type { Attribute } from '../../ir/graph.ts';
import { activationOf, extents, padsOf, spatial } from './attributes.ts';
import type { BuiltinOperator } from './builtin-operators.ts';
import type { Fields, Table } from './flatbuffer.ts';
import { checkNewShape } from './reshape.ts';
import * as schema from './schema.ts';
import type { Operands, OperatorRow } from './types.ts';

interface OptionsOf<Name extends string> {
  readonly type: keyof typeof schema.BuiltinOptions;
  readonly fields: Fields<Name>;
  decode(options: Table<Name>, operands: Operands): Record<string, Attribute>;
}

function row<Name extends string>(
  builtin: BuiltinOperator, op: string, counts: { inputs: readonly [number, number]; kept?: number }, options: OptionsOf<Name>,
): OperatorRow {
  return {
    builtin,
    op,
    inputs: counts.inputs,
    kept: counts.kept ?? counts.inputs[1],
    attributes: (operator, operands, where) => {
      const type = operator.u8('builtin_options_type', 0);
      if (type !== 0 && type !== schema.BuiltinOptions[options.type]) {
        throw new ModelError('invalid-attribute', `${where}: builtin_options_type is ${type}; ` +
          `allowed: ${schema.BuiltinOptions[options.type]} (${options.type}); export the model again`);
      }
      return options.decode(operator.table('builtin_options', options.fields, where), operands);
    },
  };
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

function pooling(options: Table<keyof typeof schema.Pool2DOptions>, { inputs: [input] }: Operands): Record<string, Attribute> {
  const kernel = extents(options, 'filter_height', 'filter_width', 0);
  const strides = extents(options, 'stride_h', 'stride_w', 0);
  const pads = padsOf(options, { input: spatial(input!, 'input', options.where), kernel, strides, dilations: [1, 1] });
  return { kernel, strides, pads, activation: activationOf(options) };
}

function fullyConnected(options: Table<keyof typeof schema.FullyConnectedOptions>): Record<string, Attribute> {
  const format = options.i8('weights_format', 0);
  if (format !== 0) {
    throw new ModelError('unsupported-attribute', `${options.where}: weights_format ${schema.FULLY_CONNECTED_WEIGHTS_FORMATS[format] ?? format} ` +
      `is not supported; allowed: ${schema.FULLY_CONNECTED_WEIGHTS_FORMATS[0]}`);
  }
  return { activation: activationOf(options), keepDims: options.bool('keep_num_dims') };
}

function softmax(options: Table<keyof typeof schema.SoftmaxOptions>): Record<string, Attribute> {
  const beta = options.f32('beta', 0);
  if (beta > 0 && beta < Infinity) return { beta };
  throw new ModelError('invalid-attribute', `${options.where}: beta is ${beta}; it must be finite and above 0; export the model again`);
}

function reshape(options: Table<keyof typeof schema.ReshapeOptions>, operands: Operands): Record<string, Attribute> {
  checkNewShape(options, operands);
  return {};
}

/** Builtin operators that can be read. */
export const operatorRows: readonly OperatorRow[] = Object.freeze([
  row('CONV_2D', 'conv2d', { inputs: [2, 3] }, { type: 'Conv2DOptions', fields: schema.Conv2DOptions, decode: convolution }),
  row('DEPTHWISE_CONV_2D', 'depthwise-conv2d', { inputs: [2, 3] },
    { type: 'DepthwiseConv2DOptions', fields: schema.DepthwiseConv2DOptions, decode: convolution }),
  row('FULLY_CONNECTED', 'fully-connected', { inputs: [2, 3] },
    { type: 'FullyConnectedOptions', fields: schema.FullyConnectedOptions, decode: fullyConnected }),
  row('ADD', 'add', { inputs: [2, 2] },
    { type: 'AddOptions', fields: schema.AddOptions, decode: (options) => ({ activation: activationOf(options) }) }),
  row('AVERAGE_POOL_2D', 'average-pool2d', { inputs: [1, 1] }, { type: 'Pool2DOptions', fields: schema.Pool2DOptions, decode: pooling }),
  row('MAX_POOL_2D', 'max-pool2d', { inputs: [1, 1] }, { type: 'Pool2DOptions', fields: schema.Pool2DOptions, decode: pooling }),
  row('SOFTMAX', 'softmax', { inputs: [1, 1] }, { type: 'SoftmaxOptions', fields: schema.SoftmaxOptions, decode: softmax }),
  row('RESHAPE', 'reshape', { inputs: [1, 2], kept: 1 }, { type: 'ReshapeOptions', fields: schema.ReshapeOptions, decode: reshape }),
]);
