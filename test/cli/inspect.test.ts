import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { summarize } from '../../sdk/cli/inspect/summarize.ts';
import { assets } from '../assets.ts';
import { capture } from './capture.ts';

const classifier = join(import.meta.dirname, '../fixtures/classifier-v1.tflite');

describe('inspect', () => {
  test('has all fields', async () => {
    const { code, stdout, stderr } = await capture('inspect', classifier, '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const result = JSON.parse(stdout) as Record<string, unknown>;
    expect(result).toMatchObject({
      format: 'tflite', variant: 'int8', inputs: [{ dtype: 'int8' }], outputs: [{ dtype: 'int8' }], ops: { conv2d: expect.any(Number), softmax: 1 },
      weightBytes: expect.any(Number), arenaBytes: expect.any(Number), macs: expect.any(Number), bitsPerWeight: expect.any(Number),
    });
    expect(result['arenaBytes']).toBeGreaterThanOrEqual(result['arenaLowerBound'] as number);
    expect(result['bitsPerWeight']).toBeGreaterThanOrEqual(8);
    expect(result).not.toHaveProperty('steps');
  });

  test('--plan adds steps and buffers', async () => {
    const { stdout } = await capture('inspect', classifier, '--plan', '--json');
    const { steps, buffers, macs } = JSON.parse(stdout) as { steps: { macs: number }[]; buffers: unknown[]; macs: number };
    expect(steps.reduce((sum, step) => sum + step.macs, 0)).toBe(macs);
    expect(buffers.length).toBeGreaterThan(1);
    expect((await capture('inspect', classifier, '--plan')).stdout).toMatch(/step +node +kernel +units +macs\n/);
  });

  test('an unknown file is a failure that lists the formats', async () => {
    const { code, stderr } = await capture('inspect', import.meta.filename);
    expect(code).toBe(1);
    expect(stderr).toMatch(/unknown model format .* known formats: tflite/);
  });

  test('counts every constant once', () => {
    const weights = { name: 'w', dtype: 'int8', shape: [2, 3], data: new Uint8Array(6) } as const;
    const bias = { name: 'b', dtype: 'int32', shape: [2], data: new Uint8Array(8) } as const;
    const value = { name: 'x', dtype: 'int8', shape: [3] } as const;
    const node = { op: 'fully-connected', name: 'n', inputs: [0, 1, 2], outputs: [3], attributes: {} };
    const tensors = [value, weights, bias, value, { ...weights, name: 'unused' }];
    const graph = { name: 'g', tensors, nodes: [node, { ...node, inputs: [3, 1, -1] }], inputs: [0], outputs: [3] };
    expect(summarize(graph)).toEqual({ ops: { 'fully-connected': 2 }, weightBytes: 14, weights: 8, bitsPerWeight: 14, variant: 'int8' });
  });
});

describe.skipIf(!assets)('inspect on a real model', () => {
  test('person_detect', async () => {
    const { stdout } = await capture('inspect', join(assets!, 'models/person_detect_int8.tflite'), '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      inputs: [{ shape: [1, 96, 96, 1] }], ops: { 'depthwise-conv2d': 14, conv2d: 14, 'average-pool2d': 1, reshape: 1, softmax: 1 },
    });
  });
});
