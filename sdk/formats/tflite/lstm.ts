// LSTM and UNIDIRECTIONAL_SEQUENCE_LSTM.

import { ModelError } from '../../core/errors.ts';
import type { Attribute } from '../../ir/graph.ts';
import * as schema from './schema.ts';
import type { Operands, OperatorRow, OperatorTable } from './types.ts';

/** Inputs in the file of the node: input, 4 input weights, 4 recurrent weights, 4 biases, output state, cell state. */
const ORDER = [0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 13, 14, 15, 18, 19];
/** Inputs that must be absent. */
const ABSENT = [
  { what: 'peephole weights', positions: [9, 10, 11] },
  { what: 'a projection', positions: [16, 17] },
  { what: 'layer normalization', positions: [20, 21, 22, 23] },
];
const TANH = schema.ACTIVATION_FUNCTIONS.indexOf('TANH');
/** The intermediate tensor whose quantization int8 outputs have before they are projected. */
const HIDDEN = 4;

function unsupported(where: string, found: string, allowed: string): ModelError {
  return new ModelError('unsupported-attribute', `${where}: ${found}; allowed: ${allowed}; export the model again`);
}

function checkInputs({ inputs }: Operands, where: string): void {
  for (const { what, positions } of ABSENT) {
    if (positions.some((position) => inputs[position] !== undefined)) throw unsupported(where, `has ${what}`, 'an LSTM without it');
  }
  const missing = ORDER.find((position) => inputs[position] === undefined);
  if (missing !== undefined) throw unsupported(where, `input ${missing} is absent`, 'all four gates with their biases, and both states');
}

function hiddenQuantization(operator: OperatorTable, { inputs: [input], tensors }: Operands, where: string): Record<string, Attribute> {
  if (input!.dtype === 'float32') return { hiddenScale: 0, hiddenZeroPoint: 0 };
  const id = operator.i32s('intermediates')[HIDDEN];
  const { scales: [scale] = [], zeroPoints: [zeroPoint = 0] = [] } = tensors[id ?? -1]?.quantization ?? {};
  if (scale !== undefined) return { hiddenScale: scale, hiddenZeroPoint: zeroPoint };
  throw unsupported(where, `has no quantized intermediate tensor ${HIDDEN}`, 'int8 models quantized with 16-bit cells');
}

type Builtin = 'LSTM' | 'UNIDIRECTIONAL_SEQUENCE_LSTM';

interface Options {
  readonly cellClip: number;
  readonly activation: number;
  readonly timeMajor: boolean;
}

/** Options of either operator. The clip of a projection says nothing without one. */
function optionsOf(operator: OperatorTable, builtin: Builtin, where: string): Options {
  const type = operator.u8('builtin_options_type');
  const expected = builtin === 'LSTM' ? schema.BuiltinOptions.LSTMOptions : schema.BuiltinOptions.UnidirectionalSequenceLSTMOptions;
  if (type !== expected) {
    throw new ModelError('invalid-attribute', `${where}: builtin_options_type is ${type}; ` +
      `allowed: ${expected} (options of ${builtin}); export the model again`);
  }
  if (builtin === 'LSTM') {
    const options = operator.table('builtin_options', schema.LSTMOptions, where);
    if (options.i8('kernel_type') !== 0) throw unsupported(where, 'kernel_type is BASIC', 'FULL');
    return { cellClip: options.f32('cell_clip'), activation: options.i8('fused_activation_function'), timeMajor: false };
  }
  const options = operator.table('builtin_options', schema.UnidirectionalSequenceLSTMOptions, where);
  if (options.bool('diagonal_recurrent_tensors')) throw unsupported(where, 'diagonal_recurrent_tensors is true', 'false');
  return { cellClip: options.f32('cell_clip'), activation: options.i8('fused_activation_function'), timeMajor: options.bool('time_major') };
}

export function lstmRow(builtin: Builtin): OperatorRow {
  return {
    builtin,
    op: 'lstm',
    inputs: [1, 24],
    kept: ORDER.length,
    order: ORDER,
    updates: [18, 19],
    attributes: (operator, operands, where) => {
      const { cellClip, activation, timeMajor } = optionsOf(operator, builtin, where);
      if (activation !== TANH) {
        throw unsupported(where, `fused_activation_function is ${schema.ACTIVATION_FUNCTIONS[activation] ?? activation}`, 'TANH');
      }
      if (!(cellClip >= 0 && cellClip < Infinity)) throw unsupported(where, `cell_clip is ${cellClip}`, 'a finite number from 0');
      checkInputs(operands, where);
      return { timeMajor, cellClip, ...hiddenQuantization(operator, operands, where) };
    },
  };
}
