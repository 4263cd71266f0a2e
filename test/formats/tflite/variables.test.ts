import { describe, expect, it } from 'vitest';
import { MODELS } from '../../../scripts/fixtures/models.mjs';
import { writeTflite, type TfliteModel } from '../../../scripts/fixtures/write-tflite.mjs';
import { ModelError } from '../../../sdk/core/errors.ts';
import { readTflite } from '../../../sdk/formats/tflite/read.ts';
import type { Graph } from '../../../sdk/ir/graph.ts';
import { verify } from '../../../sdk/ir/verify.ts';
import { operators } from '../../../sdk/ops/index.ts';

type Main = NonNullable<TfliteModel['subgraphs']>[number];

function read(name: string, edit: (main: Main, model: TfliteModel) => void = () => undefined): Graph {
  const model = MODELS[name]!(name, 1);
  edit(model.subgraphs![0]!, model);
  const graph = readTflite(writeTflite(model), name);
  verify(graph, operators);
  return graph;
}

function expectRefused(name: string, edit: (main: Main, model: TfliteModel) => void, pattern: RegExp): void {
  expect(() => read(name, edit)).toThrow(ModelError);
  expect(() => read(name, edit)).toThrow(pattern);
}

describe('variable tensors', () => {
  it('are states that start at the zero point of int8 codes', () => {
    const { states = [], nodes } = read('lstm-time-major');
    expect(states.map(({ initial }) => initial)).toEqual([254, 0]);
    expect(states.map(({ output }) => output)).toEqual(nodes[0]!.outputs.slice(1));
    expect(states.map(({ input }) => input)).toEqual(nodes[0]!.inputs.slice(13));
  });

  it('are read with their newest value by a second operator', () => {
    const { states = [], nodes } = read('float-lstm', ({ operators, outputs, tensors }) => {
      const [first] = operators!;
      const output = tensors!.push({ ...tensors![first!.outputs![0]!]!, name: 'second' }) - 1;
      operators!.push({ ...first!, outputs: [output] });
      outputs!.push(output);
    });
    expect(nodes[1]!.inputs.slice(13)).toEqual(nodes[0]!.outputs.slice(1));
    expect(states.map(({ input }) => input)).toEqual(nodes[0]!.inputs.slice(13));
    expect(states.map(({ output }) => output)).toEqual(nodes[1]!.outputs.slice(1));
  });

  it.each([
    ['an LSTM whose state is no variable', ({ tensors }: Main) => { for (const tensor of tensors!) delete tensor.is_variable; }, /is no model input|which is no variable tensor/],
    ['an input that is a variable', ({ tensors, inputs }: Main) => { tensors![inputs![0]!]!.is_variable = 1; }, /"input0" is a variable/],
    ['a variable with data', ({ tensors }: Main) => { tensors!.find(({ is_variable }) => is_variable === 1)!.buffer = 1; }, /but buffer 1 has|is a variable with data/],
    ['peepholes', ({ operators }: Main) => { operators![0]!.inputs![9] = operators![0]!.inputs![12]!; }, /has peephole weights; allowed: an LSTM without it/],
    ['a projection', ({ operators }: Main) => { operators![0]!.inputs![16] = operators![0]!.inputs![5]!; }, /has a projection/],
    ['an absent gate', ({ operators }: Main) => { operators![0]!.inputs![12] = -1; }, /input 12 is absent/],
    ['coupled input and forget gates', ({ operators }: Main) => { operators![0]!.inputs!.fill(-1, 1, 2); }, /input 1 is absent; allowed: all four gates/],
    ['too few inputs', ({ operators }: Main) => { operators![0]!.inputs!.length = 12; }, /input 12 is absent/],
    ['another activation', ({ operators }: Main) => { operators![0]!.builtin_options!['UnidirectionalSequenceLSTMOptions']!['fused_activation_function'] = 1; },
      /fused_activation_function is RELU; allowed: TANH/],
    ['a cell clip that is no number', ({ operators }: Main) => { operators![0]!.builtin_options!['UnidirectionalSequenceLSTMOptions']!['cell_clip'] = NaN; }, /cell_clip is NaN/],
  ])('refuse %s', (_, edit, pattern) => expectRefused('lstm', edit, pattern));

  it('refuse a basic LSTM and int8 without the scale of its hidden values', () => {
    expectRefused('float-lstm-step', ({ operators }) => { operators![0]!.builtin_options!['LSTMOptions']!['kernel_type'] = 1; }, /kernel_type is BASIC; allowed: FULL/);
    expectRefused('lstm', ({ operators }) => { operators![0]!.intermediates = []; }, /no quantized intermediate tensor 4/);
  });
});

/** The first ASSIGN_VARIABLE. */
function assignment(operators: NonNullable<Main['operators']>): { inputs?: number[] } {
  return operators.find(({ inputs, outputs }) => inputs!.length === 2 && outputs!.length === 0)!;
}

describe('resources', () => {
  it('that are read and assigned are states, those only read are constants, those only written vanish', () => {
    const graph = read('variables-exchange');
    expect(graph.states).toHaveLength(2);
    expect(graph.states!.map(({ initial }) => [...(initial as Uint8Array)].filter((byte) => byte > 0))).toEqual([[1, 2, 3, 4, 5], [60, 70, 80, 90, 100]]);
    const fixed = graph.tensors.filter(({ name, data }) => name.startsWith('read_variable') && data !== undefined);
    expect(fixed).toHaveLength(1);
  });

  it.each([
    ['CALL_ONCE of a subgraph that is not there', ({ operators }: Main) => { operators![0]!.builtin_options = { CallOnceOptions: { init_subgraph_index: 7 } }; },
      /CALL_ONCE calls subgraph 7; allowed are 1 to 1/],
    ['a read before a first value', ({ operators }: Main) => { operators!.shift(); }, /the variable has no value before this/],
    ['a handle that is none', ({ inputs, operators }: Main) => { assignment(operators!).inputs![0] = inputs![0]!; }, /is no handle that a VAR_HANDLE before it gives/],
    ['a resource as input', ({ inputs, tensors }: Main) => { inputs!.push(tensors!.findIndex(({ type }) => type === 13)); }, /is a resource and an input/],
    ['an assigned tensor that nothing computes', ({ operators, tensors }: Main) => {
      assignment(operators!).inputs![1] = tensors!.push({ name: 'never', shape: [1, 5], type: 2 }) - 1;
    }, /assigns "never", which nothing computes/],
    ['a value of another shape', ({ operators, inputs, tensors }: Main) => {
      const wide = tensors!.push({ name: 'wide', shape: [1, 6], type: 2 }) - 1;
      inputs!.push(wide);
      assignment(operators!).inputs![1] = wide;
    }, /is int32 1x6; the state tensor \d+ 'read_variable.*' is int32 1x5/],
  ])('refuse %s', (_, edit, pattern) => expectRefused('variables-exchange', edit, pattern));

  it('refuse operators in an initialization, and subgraphs that nothing initializes', () => {
    expectRefused('variables-exchange', (_, { subgraphs }) => { subgraphs![1]!.operators![0]!.opcode_index = 0; }, /supported there: VAR_HANDLE, ASSIGN_VARIABLE/);
    expectRefused('variables-exchange', (_, { subgraphs }) => { subgraphs!.push(subgraphs![1]!); }, /3 subgraphs; allowed: 1, and those that CALL_ONCE calls/);
  });
});
