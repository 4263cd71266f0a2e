import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { tflite } from '../../sdk/formats/tflite/format.ts';
import { compile } from '../../sdk/compile/compile.ts';
import { assetModels, fixtureModels } from '../models.ts';
import { channelsFirst, depthwiseFirst } from './onnx/constants.ts';
import { convertToOnnx } from './onnx/convert.ts';
import { floatNumbers } from './onnx/float-numbers.ts';
import { netMacs } from './onnx/layers.ts';
import { quantizedNumbers } from './onnx/quantized-numbers.ts';
import { readNet } from './onnx/read-net.ts';

/** Fields of a protobuf message: numbers of varints, bytes of the rest. */
function fieldsOf(bytes: Uint8Array): { field: number; value: number | Uint8Array }[] {
  const fields: { field: number; value: number | Uint8Array }[] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes[at++]!;
      value += (byte & 127) * shift;
      if (byte < 128) return value;
    }
  };
  const take = (count: number): Uint8Array => bytes.subarray(at, (at += count));
  while (at < bytes.length) {
    const key = varint();
    fields.push({ field: key >> 3, value: (key & 7) === 0 ? varint() : take((key & 7) === 5 ? 4 : varint()) });
  }
  return fields;
}

function children(bytes: Uint8Array, field: number): Uint8Array[] {
  return fieldsOf(bytes).flatMap((entry) => (entry.field === field && typeof entry.value !== 'number' ? [entry.value] : []));
}

function netOf(name: string) {
  return readNet(readFileSync(join('test/fixtures', `${name}.tflite`)), name);
}

/** Operators of an ONNX file in order. */
function operatorsOf(model: Uint8Array): string[] {
  return children(children(model, 7)[0]!, 1).map((node) => Buffer.from(children(node, 4)[0]!).toString());
}

describe('nets in ONNX', () => {
  const products = fixtureModels.filter(({ name }) => /^(conv|depthwise|fully-connected|classifier)-/.test(name));

  test.each([...products, ...assetModels])('$name: multiply-accumulates as in the plan', ({ name, path }) => {
    const bytes = readFileSync(path);
    const plan = compile(tflite.read(bytes, name));
    expect(netMacs(readNet(bytes, name))).toBe(plan.steps.reduce((sum, step) => sum + step.macs, 0));
  });

  test('a whole net, quantized: products stay integer, layouts change at the ends only', () => {
    const operators = operatorsOf(convertToOnnx(netOf('classifier-v1'), quantizedNumbers));
    expect(operators.filter((name) => name === 'QLinearConv').length).toBeGreaterThan(2);
    expect(operators.filter((name) => name === 'Transpose')).toHaveLength(1);
    expect(operators.at(-1)).toBe('Identity');
    expect(operators).not.toContain('Conv');
  });

  test('the same net in real numbers: the same products, activations written out', () => {
    const quantized = operatorsOf(convertToOnnx(netOf('classifier-v1'), quantizedNumbers));
    const real = operatorsOf(convertToOnnx(netOf('classifier-v1'), floatNumbers));
    expect(real.filter((name) => name === 'Conv')).toHaveLength(quantized.filter((name) => name === 'QLinearConv').length);
    expect(real.filter((name) => /Q|Linear/.test(name))).toEqual([]);
  });

  test('constants and ports have the declared types and sizes', () => {
    const graph = children(convertToOnnx(netOf('conv-1x1'), quantizedNumbers), 7)[0]!;
    const tensors = children(graph, 5).map((tensor) => {
      const fields = fieldsOf(tensor);
      const shape = fields.filter(({ field }) => field === 1).map(({ value }) => Number(value));
      const type = Number(fields.find(({ field }) => field === 2)!.value);
      return { type, elements: shape.reduce((product, extent) => product * extent, 1), bytes: children(tensor, 9)[0]!.length };
    });
    const elementBytes: Record<number, number> = { 1: 4, 2: 1, 3: 1, 6: 4, 7: 8 };
    for (const { type, elements, bytes } of tensors) expect(bytes).toBe(elements * elementBytes[type]!);
    expect(tensors.some(({ type, elements }) => type === 3 && elements > 8)).toBe(true);
    expect(children(graph, 11)).toHaveLength(1);
    expect(children(graph, 12)).toHaveLength(1);
  });

  test('an operator that is not converted is named', () => {
    expect(() => convertToOnnx(netOf('max-pool-valid'), quantizedNumbers)).toThrow(/^MAX_POOL_2D is not converted to ONNX; converted: CONV_2D, /);
  });

  test('orders of weights', () => {
    const codes = Int8Array.from({ length: 12 }, (_, index) => index);
    expect([...channelsFirst(codes, [2, 1, 2, 3])]).toEqual([0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11]);
    expect([...depthwiseFirst(codes, [1, 2, 2, 3])]).toEqual([0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11]);
  });
});
