import { describe, expect, it } from 'vitest';
import { compile } from '../../sdk/compile/compile.ts';
import { interpret } from '../../sdk/compile/interpret.ts';
import { PlanError } from '../../sdk/core/errors.ts';
import type { Graph } from '../../sdk/ir/graph.ts';
import { activation, bias, codes, random, single, weights } from './graphs.ts';
import { expectRejected } from './run.ts';
import { runKernels } from './run-kernels.ts';

interface Case {
  readonly input: readonly [batch: number, height: number, width: number, channels: number];
  readonly size: readonly [height: number, width: number];
  readonly kernel: readonly [height: number, width: number];
  readonly strides: readonly [height: number, width: number];
  readonly pads: readonly [top: number, left: number];
  readonly outputs: number;
}

const CASES: readonly Case[] = [
  { input: [1, 3, 4, 2], size: [6, 8], kernel: [2, 2], strides: [2, 2], pads: [0, 0], outputs: 3 },
  { input: [2, 3, 3, 5], size: [6, 5], kernel: [3, 3], strides: [2, 2], pads: [0, 1], outputs: 4 },
  { input: [1, 4, 2, 3], size: [10, 5], kernel: [1, 5], strides: [3, 1], pads: [0, 0], outputs: 2 },
  { input: [1, 4, 2, 3], size: [10, 2], kernel: [1, 5], strides: [3, 1], pads: [0, 2], outputs: 2 },
  { input: [1, 2, 3, 4], size: [9, 10], kernel: [5, 4], strides: [4, 3], pads: [0, 0], outputs: 9 },
  { input: [1, 1, 1, 1], size: [3, 3], kernel: [7, 7], strides: [1, 1], pads: [3, 2], outputs: 1 },
];

function graphOf({ input, size, kernel, strides, pads, outputs }: Case, scale = 0.002): Graph {
  const next = random(size[0] * 100 + size[1]);
  const shape = [outputs, ...kernel, input[3]];
  const w = weights(shape, codes(next, shape.reduce((product, extent) => product * extent), -127), Array.from({ length: outputs }, () => scale * (1 + next())));
  const b = bias(Array.from({ length: outputs }, () => Math.floor(next() * 2000) - 1000));
  return single('transpose-conv2d', [activation('x', input, 0.05, 9), w, b], activation('y', [input[0], ...size, outputs], 0.03, -20),
    { strides, pads, size, activation: 'none' });
}

/** Every input times every tap, added to the output it falls on. */
function scattered(graph: Graph, { input, size, kernel, strides, pads, outputs }: Case, x: Int8Array): Int32Array {
  const [, weight, offset] = graph.tensors;
  const w = new Int8Array(weight!.data!.buffer, weight!.data!.byteOffset, weight!.data!.length);
  const b = new Int32Array(offset!.data!.buffer);
  const [batch, height, width, channels] = input;
  const sums = Int32Array.from({ length: batch * size[0] * size[1] * outputs }, (_, at) => b[at % outputs]!);
  x.forEach((code, at) => {
    const c = at % channels;
    const [ix, iy, n] = [Math.floor(at / channels) % width, Math.floor(at / channels / width) % height, Math.floor(at / channels / width / height)];
    for (let ky = 0; ky < kernel[0]; ky++) {
      for (let kx = 0; kx < kernel[1]; kx++) {
        const [oy, ox] = [iy * strides[0] + ky - pads[0], ix * strides[1] + kx - pads[1]];
        if (oy < 0 || ox < 0 || oy >= size[0] || ox >= size[1]) continue;
        for (let o = 0; o < outputs; o++) {
          sums[((n * size[0] + oy) * size[1] + ox) * outputs + o]! += (code - 9) * w[((o * kernel[0] + ky) * kernel[1] + kx) * channels + c]!;
        }
      }
    }
  });
  return sums;
}

describe('transpose-conv2d', () => {
  it.each(CASES)('$input to $size by $kernel / $strides less $pads is the scattered sum, and the kernels give its reference', (item) => {
    const graph = graphOf(item);
    const x = codes(random(7), item.input.reduce((product, extent) => product * extent));
    const y = interpret(graph, [x], 'float')[0] as Int8Array;
    const scales = graph.tensors[1]!.quantization!.scales;
    scattered(graph, item, x).forEach((sum, at) => {
      const scale = scales.length === 1 ? scales[0]! : scales[at % item.outputs]!;
      const exact = Math.max(-128, Math.min(127, (sum * 0.05 * scale) / 0.03 - 20));
      expect(Math.abs(y[at]! - exact)).toBeLessThanOrEqual(0.501);
    });
    expect(runKernels(graph, [x])[0]).toEqual(y);
    for (const mode of ['tflite-single', 'tflite-double'] as const) {
      (interpret(graph, [x], mode)[0] as Int8Array).forEach((code, at) => expect(Math.abs(code - y[at]!)).toBeLessThanOrEqual(1));
    }
  });

  it('counts the multiplications of inputs with the taps that fall on outputs', () => {
    const { steps } = compile(graphOf(CASES[1]!));
    // Rows 3 x 3 taps of which the last leaves the output, columns 3 x 3 of which the first and the last do.
    expect(steps[0]).toMatchObject({ kernel: 'conv2d_qs8_qc8w', macs: 2 * 8 * 7 * 5 * 4 });
    expect(steps.slice(1).map(({ kernel }) => kernel)).toEqual(steps.slice(1).map(() => 'move_x8'));
  });

  it('is one product and one copy where the kernel is as large as the stride', () => {
    expect(compile(graphOf(CASES[0]!)).steps.map(({ kernel }) => kernel)).toEqual(['gemm_qs8_qc8w', 'move_x8']);
  });

  it('rejects shapes that do not fit', () => {
    expectRejected(graphOf({ ...CASES[0]!, size: [8, 8] }), /does not give 8 outputs along axis 1/);
    expectRejected(graphOf({ ...CASES[0]!, pads: [0, 2] }), /with stride 2, kernel 2 and padding 2 does not give/);
    const wrong = graphOf(CASES[0]!);
    const tensors = wrong.tensors.with(0, activation('x', [1, 3, 4, 3], 0.05, 9));
    expectRejected({ ...wrong, tensors }, /weights .* \(OHWI\); the input has 3 channels/);
  });

  it('refuses strides whose phases need too many weights', () => {
    const item: Case = { input: [1, 1, 1, 64], size: [512, 512], kernel: [512, 512], strides: [512, 512], pads: [0, 0], outputs: 1 };
    expect(() => compile(graphOf(item, 1e-7))).not.toThrow();
    const wide: Case = { ...item, input: [1, 1, 1, 1], size: [9000, 9000], kernel: [1, 1], strides: [9000, 9000] };
    expect(() => compile(graphOf(wide))).toThrow(PlanError);
    expect(() => compile(graphOf(wide))).toThrow(/strides 9000 and 9000 need 81000000 bytes of weights/);
  });
});
