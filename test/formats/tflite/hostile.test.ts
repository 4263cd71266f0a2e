import { describe, expect, it } from 'vitest';
import { ModelError } from '../../../sdk/core/errors.ts';
import { readEdited, type Parts } from './tiny-model.ts';

type Case = readonly [what: string, edit: (parts: Parts) => void, code: string, message: string | RegExp];

function expectRefused([, edit, code, message]: Case): void {
  let caught: unknown;
  try {
    readEdited(edit);
  } catch (error) {
    caught = error;
  }
  expect(caught).toBeInstanceOf(ModelError);
  expect(caught).toMatchObject({ code, message: expect.stringMatching(message) });
  expect((caught as ModelError).message).toMatch(/^tiny\.tflite/);
}

const quantized = (quantization: object) => ({ tensors }: Parts) => {
  tensors[1]!.quantization = quantization;
};

const convolution = (fields: Record<string, number>) => ({ operators }: Parts) => {
  Object.assign(operators[0]!.builtin_options!['Conv2DOptions']!, fields);
};

describe('refuses models', () => {
  const cases: Case[] = [
    ['another schema version', ({ model }) => { model.version = 2; }, 'unsupported-version', /schema version 2; allowed: 3/],
    ['no subgraph', ({ model }) => { model.subgraphs = []; }, 'unsupported-subgraphs', /0 subgraphs; allowed: 1/],
    ['two subgraphs', ({ model, subgraph }) => { model.subgraphs = [subgraph, subgraph]; }, 'unsupported-subgraphs', /2 subgraphs/],
    ['no inputs', ({ subgraph }) => { subgraph.inputs = []; }, 'invalid-graph', /no inputs/],
    ['no outputs', ({ subgraph }) => { delete subgraph.outputs; }, 'invalid-graph', /no outputs/],
    ['an input out of range', ({ subgraph }) => { subgraph.inputs = [7]; }, 'invalid-graph', /inputs name tensor 7 of 7/],
    ['a negative output', ({ subgraph }) => { subgraph.outputs = [-1]; }, 'invalid-graph', /outputs name tensor -1 of 7/],
    ['an input twice', ({ subgraph }) => { subgraph.inputs = [0, 0]; }, 'invalid-graph', /listed twice in inputs/],
    ['a constant input', ({ subgraph }) => { subgraph.inputs = [0, 1]; }, 'invalid-graph', /input 1 "weights" is a constant/],
    ['an output that nothing computes', ({ subgraph, operators }) => { operators.pop(); subgraph.outputs = [6]; }, 'invalid-graph',
      /output 6 "output" is computed by no operator/],
  ];
  it.each(cases)('with %s', (...entry) => expectRefused(entry));
});

describe('refuses tensors', () => {
  const shaped = (...shape: number[]) => ({ tensors }: Parts) => { tensors[0]!.shape = shape; };
  const cases: Case[] = [
    ['a dynamic shape', shaped(1, -1, 4, 2), 'dynamic-shape', /tensor 0 "input" has the dynamic shape 1x-1x4x2; export the model with fixed shapes/],
    ['a negative extent', shaped(1, -7, 4, 2), 'invalid-shape', /tensor 0 "input" has shape 1x-7x4x2; every extent must be at least 1/],
    ['an empty extent', shaped(1, 0), 'invalid-shape', /every extent/],
    ['nine dimensions', shaped(1, 1, 1, 1, 1, 1, 1, 1, 1), 'invalid-shape', /has 9 dimensions; allowed are at most 8/],
    ['more elements than memory', shaped(65536, 65536), 'too-large', /has shape 65536x65536; allowed are 2147483648 bytes/],
    ['a product beyond 2^53', shaped(2147483647, 2147483647, 2147483647, 2147483647), 'too-large', /tensor 0/],
    ['more elements together than memory', ({ tensors }) => {
      for (let index = 0; index < 5; index++) tensors.push({ name: `large${index}`, shape: [2 ** 29], type: 9 });
    }, 'too-large', /tensors 0 to 10 "large3".*take 2147483\d+ bytes; allowed are 2147483648/],
    ['strings', ({ tensors }) => { tensors[0]!.type = 5; }, 'unsupported-tensor',
      /tensor 0 "input" has type STRING, which is not supported; allowed types: FLOAT32, INT32/],
    ['float16', ({ tensors }) => { tensors[1]!.type = 1; }, 'unsupported-tensor', /tensor 1 "weights" has type FLOAT16/],
    ['an unknown type', ({ tensors }) => { tensors[0]!.type = 99; }, 'unsupported-tensor', /has type 99/],
    ['a negative type', ({ tensors }) => { tensors[0]!.type = -1; }, 'unsupported-tensor', /has type -1/],
    ['variables', ({ tensors }) => { tensors[0]!.is_variable = 1; }, 'unsupported-tensor', /"input" is a variable/],
    ['sparse weights', ({ tensors }) => { tensors[1]!.sparsity = {}; }, 'unsupported-tensor', /"weights" is sparse/],
    ['data in another file', ({ tensors }) => { tensors[1]!.external_buffer = 1; }, 'unsupported-tensor', /"weights" keeps its data in another file/],
    ['a buffer out of range', ({ tensors }) => { tensors[1]!.buffer = 4; }, 'invalid-buffer', /uses buffer 4 of 4/],
    ['too little data', ({ buffers }) => { buffers[1]!.data = new Uint8Array(53); }, 'invalid-buffer',
      /"weights" is 3x3x3x2 int8, 54 bytes, but buffer 1 has 53/],
    ['too much data', ({ buffers }) => { buffers[2]!.data = new Uint8Array(13); }, 'invalid-buffer',
      /"bias" is 3 int32, 12 bytes, but buffer 2 has 13/],
    ['data beyond the file', ({ buffers }) => { buffers[1] = { offset: 1_000_000, size: 54 }; }, 'truncated',
      /"weights" buffer 1: 54 bytes at byte 1000000/],
    ['a long name', ({ tensors }) => { tensors[0]!.name = 'x'.repeat(500); tensors[0]!.type = 5; }, 'unsupported-tensor',
      /tensor 0 "x{77}\.\.\." has/],
  ];
  it.each(cases)('with %s', (...entry) => expectRefused(entry));
});

describe('refuses quantization', () => {
  const cases: Case[] = [
    ['a scale that is no number', quantized({ scale: [0.1, NaN, 0.1], zero_point: [0, 0, 0] }), 'invalid-quantization',
      /"weights" has scale NaN at 1/],
    ['a zero scale', quantized({ scale: [0], zero_point: [0] }), 'invalid-quantization', /has scale 0 at 0; scales must be finite and above 0/],
    ['a negative scale', quantized({ scale: [-0.5], zero_point: [0] }), 'invalid-quantization', /has scale -0.5/],
    ['an infinite scale', quantized({ scale: [Infinity], zero_point: [0] }), 'invalid-quantization', /has scale Infinity/],
    ['another number of zero points', quantized({ scale: [0.1, 0.2, 0.3], zero_point: [0] }), 'invalid-quantization', /1 zero points for 3 scales/],
    ['a zero point out of range', quantized({ scale: [0.1], zero_point: [128] }), 'invalid-quantization',
      /zero point 128 at 0; allowed for int8 are -128 to 127/],
    ['a zero point beyond 2^53', quantized({ scale: [0.1], zero_point: [2n ** 62n] }), 'integer-range',
      /quantization zero_point: 4611686018427387904/],
    ['another number of scales than channels', quantized({ scale: [0.1, 0.2], zero_point: [0, 0] }), 'invalid-quantization',
      /3x3x3x2 has 2 scales along quantized_dimension 0/],
    ['a dimension that does not exist', quantized({ scale: [1, 1, 1], zero_point: [0, 0, 0], quantized_dimension: 4 }), 'invalid-quantization',
      /quantized_dimension 4/],
    ['a negative dimension', quantized({ scale: [1, 1, 1], zero_point: [0, 0, 0], quantized_dimension: -1 }), 'invalid-quantization',
      /quantized_dimension -1/],
    ['block-wise details', quantized({ scale: [1], zero_point: [0], details_type: 2 }), 'unsupported-quantization',
      /"weights" uses BlockwiseQuantization/],
    ['unknown details', quantized({ details_type: 9 }), 'unsupported-quantization', /uses quantization details 9/],
  ];
  it.each(cases)('with %s', (...entry) => expectRefused(entry));
});

describe('refuses operators', () => {
  const cases: Case[] = [
    ['an operator code out of range', ({ operators }) => { operators[1]!.opcode_index = 3; }, 'invalid-operator', /operator 1: opcode_index 3 of 3/],
    ['an unsupported builtin', ({ codes }) => { codes[1] = { deprecated_builtin_code: 112, version: 2 }; }, 'unsupported-operator',
      /operator 1 REVERSE_SEQUENCE \(version 2\) is not supported; supported: CONV_2D, .*RESHAPE/],
    ['a builtin beyond the deprecated field', ({ codes }) => { codes[1] = { builtin_code: 150 }; }, 'unsupported-operator', /operator 1 GELU/],
    ['a builtin of the future', ({ codes }) => { codes[1] = { builtin_code: 5000 }; }, 'unsupported-operator', /operator 1 builtin operator 5000/],
    ['a custom operator', ({ codes }) => { codes[1] = { deprecated_builtin_code: 32, custom_code: 'NMS' }; }, 'unsupported-operator',
      /operator 1 CUSTOM "NMS" \(version 1\)/],
    ['an input out of range', ({ operators }) => { operators[0]!.inputs = [0, 1, 7]; }, 'invalid-operator',
      /operator 0 CONV_2D input 2 is tensor 7 of 7/],
    ['an input below -1', ({ operators }) => { operators[0]!.inputs = [0, 1, -2]; }, 'invalid-operator', /input 2 is tensor -2/],
    ['a missing required input', ({ operators }) => { operators[0]!.inputs = [0, -1]; }, 'invalid-operator', /input 1 is tensor -1/],
    ['too few inputs', ({ operators }) => { operators[0]!.inputs = [0]; }, 'invalid-operator', /CONV_2D has 1 inputs; allowed are 2 to 3/],
    ['too many inputs', ({ operators }) => { operators[1]!.inputs = [3, 3]; }, 'invalid-operator', /MAX_POOL_2D has 2 inputs; allowed are 1 to 1/],
    ['no output', ({ operators }) => { operators[0]!.outputs = []; }, 'invalid-operator', /CONV_2D has 0 outputs/],
    ['an output out of range', ({ operators }) => { operators[0]!.outputs = [-1]; }, 'invalid-operator', /output is tensor -1/],
    ['operators out of order', ({ operators }) => { operators.reverse(); }, 'invalid-graph', /operator 0 RESHAPE input 0 "pooled" is no model input/],
    ['a cycle', ({ operators }) => { operators[0]!.inputs = [3, 1, 2]; }, 'invalid-graph', /operator 0 CONV_2D input 0 "features"/],
    ['an output computed twice', ({ operators }) => { operators[1]!.outputs = [3]; }, 'invalid-graph',
      /operator 1 MAX_POOL_2D output "features" is already/],
    ['a constant as output', ({ operators }) => { operators[0]!.outputs = [2]; }, 'invalid-graph', /output "bias" is already/],
    ['a model input as output', ({ operators }) => { operators[0]!.outputs = [0]; }, 'invalid-graph', /output "input" is already/],
  ];
  it.each(cases)('with %s', (...entry) => expectRefused(entry));
});

describe('refuses options', () => {
  const pooling = (fields: Record<string, number>) => ({ operators }: Parts) => {
    Object.assign(operators[1]!.builtin_options!['Pool2DOptions']!, fields);
  };
  /** Replaces RESHAPE by another operator on the same tensors. */
  const last = (code: number, type: number, options: Record<string, Record<string, number>>, inputs = [4]) => ({ operators, codes }: Parts) => {
    codes[2] = { deprecated_builtin_code: code };
    operators[2] = { ...operators[2], inputs, builtin_options_type: type, builtin_options: options };
  };
  const cases: Case[] = [
    ['of another operator', ({ operators }) => { operators[0]!.builtin_options_type = 5; }, 'invalid-attribute',
      /builtin_options_type is 5; allowed: 1 \(Conv2DOptions\)/],
    ['that are absent', ({ operators }) => { delete operators[0]!.builtin_options; }, 'invalid-attribute', /stride_h is 0; allowed are 1 to 65535/],
    ['activation TANH', convolution({ fused_activation_function: 4 }), 'unsupported-attribute',
      /operator 0 CONV_2D: fused_activation_function TANH is not supported; allowed: NONE, RELU/],
    ['an unknown activation', convolution({ fused_activation_function: 77 }), 'unsupported-attribute', /fused_activation_function 77/],
    ['unknown padding', convolution({ padding: 2 }), 'invalid-attribute', /padding is 2; allowed: SAME, VALID/],
    ['a negative stride', convolution({ stride_w: -2 }), 'invalid-attribute', /stride_w is -2/],
    ['a zero dilation', convolution({ dilation_h_factor: 0 }), 'invalid-attribute', /dilation_h_factor is 0/],
    ['a huge dilation', convolution({ dilation_w_factor: 65535 }), 'invalid-attribute', /the dilated filter spans 131071 elements/],
    ['an absent filter', pooling({ filter_width: 0 }), 'invalid-attribute', /operator 1 MAX_POOL_2D: filter_width is 0/],
    ['a filter beyond 16 bits', pooling({ filter_height: 65536 }), 'invalid-attribute', /filter_height is 65536/],
    ['an input of another rank', ({ tensors }) => { tensors[0]!.shape = [32]; }, 'invalid-shape',
      /input "input" has shape 32; 4 dimensions are needed/],
    ['weights of another rank', ({ tensors }) => { tensors[1] = { ...tensors[1], shape: [3, 18] }; }, 'invalid-shape',
      /weights "weights" has shape 3x18/],
    ['beta that is no number', last(25, 9, { SoftmaxOptions: { beta: NaN } }), 'invalid-attribute', /operator 2 SOFTMAX: beta is NaN/],
    ['no beta', last(25, 9, { SoftmaxOptions: {} }), 'invalid-attribute', /beta is 0; it must be finite and above 0/],
    ['shuffled weights', last(9, 8, { FullyConnectedOptions: { weights_format: 1 } }, [4, 1]), 'unsupported-attribute',
      /weights_format SHUFFLED4x16INT8/],
    ['another shape than the output', ({ buffers }) => { buffers[3]!.data = Uint8Array.of(3, 0, 0, 0, 1, 0, 0, 0); }, 'invalid-shape',
      /operator 2 RESHAPE: new shape 3x1 of input "pooled" \(1x1x1x3\) does not give output "output" \(1x3\)/],
    ['two open extents', ({ buffers }) => { buffers[3]!.data = new Uint8Array(8).fill(255); }, 'invalid-shape', /new shape -1x-1/],
    ['a shape of another type', ({ tensors, buffers }) => { tensors[5]!.type = 4; buffers[3]!.data = new Uint8Array(16); }, 'invalid-operand',
      /new shape "shape" is 2 int64/],
  ];
  it.each(cases)('with %s', (...entry) => expectRefused(entry));
});
