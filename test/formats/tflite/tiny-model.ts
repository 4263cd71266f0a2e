import { readTflite } from '../../../sdk/formats/tflite/read.ts';
import type { Graph } from '../../../sdk/ir/graph.ts';
import { writeTflite, type TfliteModel, type TfliteOperator, type TfliteTensor } from '../../../scripts/fixtures/write-tflite.mjs';

const quantization = { scale: [0.5], zero_point: [0] };

/** CONV_2D 1x4x4x2 -> 1x2x2x3, MAX_POOL_2D -> 1x1x1x3, RESHAPE -> 1x3 with the shape [-1, 3]. Weights are constant tensor 1, bias 2. */
export function tinyModel(): TfliteModel {
  return {
    version: 3,
    operator_codes: [{ deprecated_builtin_code: 3, version: 3 }, { deprecated_builtin_code: 17, version: 2 }, { deprecated_builtin_code: 22 }],
    buffers: [
      {}, { data: Uint8Array.from({ length: 54 }, (_, index) => index) },
      { data: new Uint8Array(12) }, { data: Uint8Array.of(255, 255, 255, 255, 3, 0, 0, 0) },
    ],
    subgraphs: [{
      tensors: [
        { name: 'input', shape: [1, 4, 4, 2], type: 9, quantization },
        { name: 'weights', shape: [3, 3, 3, 2], type: 9, buffer: 1, quantization: { scale: [0.1, 0.2, 0.3], zero_point: [0, 0, 0] } },
        { name: 'bias', shape: [3], type: 2, buffer: 2 },
        { name: 'features', shape: [1, 2, 2, 3], type: 9, quantization },
        { name: 'pooled', shape: [1, 1, 1, 3], type: 9, quantization },
        { name: 'shape', shape: [2], type: 2, buffer: 3 },
        { name: 'output', shape: [1, 3], type: 9, quantization },
      ],
      inputs: [0],
      outputs: [6],
      operators: [
        {
          opcode_index: 0, inputs: [0, 1, 2], outputs: [3], builtin_options_type: 1,
          builtin_options: { Conv2DOptions: { padding: 0, stride_w: 2, stride_h: 2, fused_activation_function: 1 } },
        },
        {
          opcode_index: 1, inputs: [3], outputs: [4], builtin_options_type: 5,
          builtin_options: { Pool2DOptions: { padding: 1, stride_w: 1, stride_h: 1, filter_width: 2, filter_height: 2 } },
        },
        { opcode_index: 2, inputs: [4, 5], outputs: [6] },
      ],
    }],
  };
}

/** The parts of a model that tests edit. */
export interface Parts {
  readonly model: TfliteModel;
  readonly subgraph: NonNullable<TfliteModel['subgraphs']>[number];
  readonly tensors: TfliteTensor[];
  readonly operators: TfliteOperator[];
  readonly buffers: NonNullable<TfliteModel['buffers']>;
  readonly codes: NonNullable<TfliteModel['operator_codes']>;
}

/** The tiny model after `edit`, as bytes. */
export function editedModel(edit: (parts: Parts) => void): Uint8Array {
  const model = structuredClone(tinyModel());
  const subgraph = model.subgraphs![0]!;
  edit({ model, subgraph, tensors: subgraph.tensors!, operators: subgraph.operators!, buffers: model.buffers!, codes: model.operator_codes! });
  return writeTflite(model);
}

/** Reads the tiny model after `edit`. */
export function readEdited(edit: (parts: Parts) => void): Graph {
  return readTflite(editedModel(edit), 'tiny.tflite');
}
