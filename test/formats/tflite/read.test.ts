import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { encode } from 'flatbuffers/js/flexbuffers.js';
import { describe, expect, it } from 'vitest';
import { writeTflite } from '../../../scripts/fixtures/write-tflite.mjs';
import { elementCount } from '../../../sdk/core/shape.ts';
import { byteLength } from '../../../sdk/core/dtype.ts';
import { detectionAttributes } from '../../../sdk/formats/tflite/detection.ts';
import { operatorRows } from '../../../sdk/formats/tflite/operators.ts';
import { readTflite } from '../../../sdk/formats/tflite/read.ts';
import type { OperatorTable } from '../../../sdk/formats/tflite/types.ts';
import type { Graph } from '../../../sdk/ir/graph.ts';
import { assets } from '../../assets.ts';
import { assetModels, fixtureModels } from '../../models.ts';
import { editedModel, readEdited } from './tiny-model.ts';

describe('readTflite', () => {
  it('gives tensors, nodes and canonical attributes', () => {
    const graph = readEdited(() => undefined);
    expect(graph.name).toBe('tiny.tflite');
    expect(graph.inputs).toEqual([0]);
    expect(graph.outputs).toEqual([6]);
    expect(graph.tensors[0]).toEqual({ name: 'input', dtype: 'int8', shape: [1, 4, 4, 2], quantization: { scales: [0.5], zeroPoints: [0] } });
    expect(graph.tensors[1]!.shape).toEqual([3, 3, 3, 2]);
    expect(graph.tensors[1]!.quantization).toEqual({ scales: [0.1, 0.2, 0.3].map(Math.fround), zeroPoints: [0, 0, 0], axis: 0 });
    expect(graph.nodes).toEqual([
      {
        op: 'conv2d', name: 'operator 0 CONV_2D', inputs: [0, 1, 2], outputs: [3],
        attributes: { strides: [2, 2], dilations: [1, 1], pads: [0, 0, 1, 1], activation: 'relu' },
      },
      {
        op: 'max-pool2d', name: 'operator 1 MAX_POOL_2D', inputs: [3], outputs: [4],
        attributes: { kernel: [2, 2], strides: [1, 1], pads: [0, 0, 0, 0], activation: 'none' },
      },
      { op: 'reshape', name: 'operator 2 RESHAPE', inputs: [4], outputs: [6], attributes: {} },
    ]);
  });

  it('keeps constants as views on the file', () => {
    const bytes = editedModel(() => undefined);
    const { tensors } = readTflite(bytes, 'tiny.tflite');
    expect(tensors.filter(({ data }) => data).map(({ name }) => name)).toEqual(['weights', 'bias', 'shape']);
    expect(tensors[1]!.data!.buffer).toBe(bytes.buffer);
    expect(Array.from(tensors[1]!.data!)).toEqual(Array.from({ length: 54 }, (_, index) => index));
  });

  it('reads buffers that lie behind the tables', () => {
    const place = (offset: number): Uint8Array => editedModel(({ buffers }) => {
      buffers[1] = { offset, size: 54 };
    });
    const tables = place(2);
    const bytes = new Uint8Array(tables.length + 54).fill(7, tables.length);
    bytes.set(place(tables.length));
    expect(readTflite(bytes, 'tiny.tflite').tensors[1]!.data).toEqual(new Uint8Array(54).fill(7));
    expect(() => readTflite(bytes.subarray(0, -1), 'tiny.tflite')).toThrow(expect.objectContaining({ code: 'truncated' }));
  });

  it('accepts the dimension that some converters state at a bias', () => {
    const { tensors } = readEdited(({ tensors: edited }) => {
      edited[2]!.quantization = { scale: [1, 2, 3], zero_point: [0, 0, 0], quantized_dimension: 3 };
    });
    expect(tensors[2]!.quantization).toEqual({ scales: [1, 2, 3], zeroPoints: [0, 0, 0], axis: 0 });
  });

  it('takes absent zero points as 0 and ignores scales of float tensors', () => {
    const { tensors } = readEdited(({ tensors: edited }) => {
      edited[0]!.quantization = { scale: [0.25] };
      edited[3] = { ...edited[3], type: 0, quantization: { scale: [0.25], zero_point: [5] } };
    });
    expect(tensors[0]!.quantization).toEqual({ scales: [0.25], zeroPoints: [0] });
    expect(tensors[3]!.quantization).toBeUndefined();
  });

  it('keeps an absent bias as -1 and names nameless tensors', () => {
    const graph = readEdited(({ operators, tensors }) => {
      operators[0]!.inputs = [0, 1, -1];
      delete tensors[0]!.name;
    });
    expect(graph.nodes[0]!.inputs).toEqual([0, 1, -1]);
    expect(graph.tensors[0]!.name).toBe('tensor 0');
  });

  it('takes a tensor, or a constant, as several outputs', () => {
    const graph = readEdited(({ subgraph }) => { subgraph.outputs = [6, 2, 6]; });
    expect(graph.outputs).toEqual([6, 2, 6]);
  });

  it('takes a constant without elements as the shape of a scalar', () => {
    const graph = readEdited(({ tensors, buffers, operators }) => {
      tensors[6] = { ...tensors[6], shape: [] };
      tensors[4]!.shape = [1, 1, 1, 1];
      tensors[5]!.shape = [0];
      buffers[3]!.data = new Uint8Array();
      operators[0]!.inputs = [0, 1, -1];
    });
    expect(graph.nodes.at(-1)).toMatchObject({ op: 'reshape', inputs: [4], outputs: [6] });
  });

  it('averages over an axis once, however often the file names it', () => {
    const graph = readEdited(({ codes, operators, buffers, tensors }) => {
      codes[2] = { deprecated_builtin_code: 40 };
      operators[2] = { ...operators[2], inputs: [4, 5] };
      tensors[5]!.shape = [3];
      buffers[3]!.data = new Uint8Array(Int32Array.of(1, 2, -3).buffer);
    });
    expect(graph.nodes.at(-1)).toMatchObject({ op: 'mean', attributes: { axes: [1, 2], keepDims: false } });
  });

  it('reads small files of many operators that share their operator code and an empty buffer', () => {
    const count = 300;
    const ids = Array.from({ length: count }, (_, index) => index);
    const bytes = writeTflite({
      version: 3,
      operator_codes: [{ deprecated_builtin_code: 19 }],
      buffers: [{}],
      subgraphs: [{
        tensors: [...ids, count].map((id) => ({ name: `${id}`, shape: [1, 8] })),
        inputs: [0],
        outputs: [count],
        operators: ids.map((id) => ({ opcode_index: 0, inputs: [id], outputs: [id + 1] })),
      }],
    });
    expect(readTflite(bytes, 'relus.tflite').nodes).toHaveLength(count);
  });

  it('takes options of detections that are any kind of number', () => {
    const options = {
      max_detections: 2, max_classes_per_detection: 1, nms_score_threshold: 0.5, nms_iou_threshold: 0.5, num_classes: 1, y_scale: 10, x_scale: 10,
      h_scale: 5, w_scale: 5,
    };
    const regular = [true, 1, 0, false, undefined].map((value) => detectionAttributes({
      bytes: () => new Uint8Array(encode({ ...options, ...(value !== undefined && { use_regular_nms: value }) })),
    } as unknown as OperatorTable, 'operator 0')['regularNms']);
    expect(regular).toEqual([true, true, false, false, false]);
  });

  it.each([
    { input: 4, kernel: 3, stride: 2, dilation: 1, before: 0, after: 1 },
    { input: 5, kernel: 3, stride: 2, dilation: 1, before: 1, after: 1 },
    { input: 7, kernel: 3, stride: 1, dilation: 2, before: 2, after: 2 },
    { input: 49, kernel: 10, stride: 2, dilation: 1, before: 4, after: 5 },
    { input: 10, kernel: 4, stride: 2, dilation: 1, before: 1, after: 1 },
    { input: 8, kernel: 1, stride: 3, dilation: 1, before: 0, after: 0 },
  ])('pads $before and $after for SAME on $input, kernel $kernel, stride $stride, dilation $dilation', (window) => {
    const { input, kernel, stride, dilation, before, after } = window;
    const graph = readEdited(({ tensors, buffers, operators }) => {
      tensors[0]!.shape = [1, input, input, 2];
      tensors[1]!.shape = [3, kernel, kernel, 2];
      buffers[1]!.data = new Uint8Array(6 * kernel * kernel);
      operators[0]!.builtin_options = {
        Conv2DOptions: { stride_w: stride, stride_h: stride, dilation_w_factor: dilation, dilation_h_factor: dilation },
      };
    });
    expect(graph.nodes[0]!.attributes['pads']).toEqual([before, before, after, after]);
  });
});

/** Every input is a graph input, a constant or an earlier output, and constants fill their tensors. */
function expectSound({ tensors, nodes, inputs, outputs, states = [] }: Graph): void {
  const known = new Set([...inputs, ...states.map(({ input }) => input), ...tensors.flatMap(({ data }, id) => (data ? [id] : []))]);
  for (const node of nodes) {
    expect(node.inputs.filter((id) => id !== -1 && !known.has(id))).toEqual([]);
    for (const id of node.outputs) known.add(id);
  }
  expect(outputs.filter((id) => !known.has(id))).toEqual([]);
  for (const { data, dtype, shape } of tensors) if (data) expect(data.length).toBe(byteLength(dtype, elementCount(shape)));
}

describe('fixtures', () => {
  const graphs = fixtureModels.map(({ name, path }) => readTflite(readFileSync(path), name));

  it('are sound graphs', () => graphs.forEach(expectSound));

  it('hold every operator that can be read', () => {
    const found = new Set(graphs.flatMap(({ nodes }) => nodes.map(({ op }) => op)));
    expect([...found].sort()).toEqual([...new Set([...operatorRows.map(({ op }) => op), 'assign'])].sort());
  });
});

const POOL_TO_SOFTMAX = { 'average-pool2d': 1, reshape: 1, softmax: 1 };

describe.skipIf(!assets)('asset models', () => {
  it.each([
    ['person_detect_int8.tflite', 89, { 'depthwise-conv2d': 14, conv2d: 14, ...POOL_TO_SOFTMAX }, [1, 96, 96, 1], [1, 2]],
    ['vww_96_int8.tflite', 89, { conv2d: 14, 'depthwise-conv2d': 13, 'fully-connected': 1, ...POOL_TO_SOFTMAX }, [1, 96, 96, 3], [1, 2]],
    ['resnet8_cifar10_int8.tflite', 38, { conv2d: 9, add: 3, 'fully-connected': 1, ...POOL_TO_SOFTMAX }, [1, 32, 32, 3], [1, 10]],
    ['kws_dscnn_int8.tflite', 35, { conv2d: 5, 'depthwise-conv2d': 4, 'fully-connected': 1, ...POOL_TO_SOFTMAX }, [1, 49, 10, 1], [1, 12]],
    ['ad01_int8.tflite', 31, { 'fully-connected': 10 }, [1, 640], [1, 640]],
  ] as const)('%s is read completely', (file, tensorCount, ops, inputShape, outputShape) => {
    const { path } = assetModels.find(({ name }) => name === file)!;
    const graph = readTflite(readFileSync(path), file);
    expectSound(graph);
    const counts: Record<string, number> = {};
    for (const { op } of graph.nodes) counts[op] = (counts[op] ?? 0) + 1;
    expect(counts).toEqual(ops);
    expect(graph.tensors).toHaveLength(tensorCount);
    expect(graph.inputs.map((id) => graph.tensors[id]!.shape)).toEqual([inputShape]);
    expect(graph.outputs.map((id) => graph.tensors[id]!.shape)).toEqual([outputShape]);
  });

  it('give the outputs of detections the shapes that the file leaves out', () => {
    const file = 'coco_ssd_mobilenet_v1_quant.tflite';
    const graph = readTflite(readFileSync(join(assets!, 'models', file)), file);
    expect(graph.outputs.map((id) => graph.tensors[id]!.shape)).toEqual([[1, 10, 4], [1, 10], [1, 10], [1]]);
    expect(graph.nodes.at(-1)).toMatchObject({ op: 'detection-post-process', attributes: { numClasses: 90, yScale: 10, hScale: 5, regularNms: false } });
  });
});
