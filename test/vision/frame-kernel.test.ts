import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FrameSettings, FrameTap } from '../../kernels/abi.ts';
import { colourMatrix, COLOUR_RANGES } from '../../sdk/vision/colour.ts';
import { planesOf } from '../../sdk/vision/frame.ts';
import { openFrameKernel } from '../../sdk/vision/frame-kernel.ts';
import { framePlan } from '../../sdk/vision/frame-plan.ts';
import { imagePortShape } from '../../sdk/vision/image-port.ts';
import { imageToInput } from '../../sdk/vision/image-to-input.ts';
import { placementOf, RESIZE_MODES } from '../../sdk/vision/placement.ts';
import { resize, toPixels, writeValues } from '../../sdk/vision/reference.ts';
import { FRAME_FORMATS } from '../../sdk/vision/types.ts';
import { machineOf, modules } from '../kernels/harness.ts';
import { frames, noiseFrame } from './frames.ts';
import { port } from './port.ts';

const extent = fc.integer({ min: 4, max: 20 });
const inputs = fc.record({
  width: extent, height: extent, channels: fc.constantFrom<1 | 3>(1, 3), layout: fc.constantFrom<'nhwc' | 'nchw'>('nhwc', 'nchw'),
  dtype: fc.constantFrom<'uint8' | 'int8' | 'float32'>('uint8', 'int8', 'float32'),
});

describe('frames through the kernel', () => {
  test('equal the scalar reference byte for byte: every format, range, size, layout, type and mode', () => {
    fc.assert(fc.property(
      fc.array(frames, { minLength: 1, maxLength: 3 }), inputs, fc.constantFrom(...RESIZE_MODES), fc.constantFrom(...COLOUR_RANGES),
      (given, { width, height, channels, layout, dtype }, mode, range) => {
        const shape = layout === 'nhwc' ? [1, height, width, channels] : [1, channels, height, width];
        const input = port(dtype, shape, { scale: 0.02, zeroPoint: 3 });
        const mean = Array.from({ length: channels }, (_, channel) => 100 + channel);
        const options = { resize: mode, range, layout, ...(dtype !== 'uint8' && { mean, std: 64 }) } as const;
        const pictureShape = imagePortShape(input, layout);
        const values = port(dtype, [channels, 1, 256, 1], { scale: 0.02, zeroPoint: 3 });
        imageToInput({ width: 256, height: 1, format: 'grey', data: Uint8Array.from({ length: 256 }, (_, at) => at) },
          { ...values, shape: [1, channels, 1, 256] }, { ...options, layout: 'nchw' });
        for (const frame of given) {
          imageToInput(frame, input, options);
          const expected = port(dtype, shape);
          const pixels = resize(toPixels(frame, channels, range), pictureShape, mode);
          writeValues(pixels, pictureShape, values.data, expected.data);
          expect(input.data).toEqual(expected.data);
        }
      },
    ), { numRuns: 150, seed: 6 });
  });

  test('a larger frame gets new memory, the same setup does not leave the bars of another', () => {
    const shape = { width: 8, height: 8, channels: 1, layout: 'nhwc' } as const;
    const kernel = openFrameKernel(shape, 'uint8');
    const values = Uint8Array.from({ length: 256 }, (_, at) => at);
    for (const [width, height] of [[4, 2], [2, 4], [40, 40], [4, 2]] as const) {
      const frame = noiseFrame('grey', width, height, 0, 9);
      const setup = { planes: planesOf(frame, 'test'), placement: placementOf(frame, shape, 'letterbox'), matrix: undefined, values };
      const expected = resize(toPixels(frame, 1, 'full'), shape, 'letterbox').data;
      expect([...kernel(frame.data, setup)]).toEqual([...expected]);
      expect([...kernel(frame.data, setup)]).toEqual([...expected]);
    }
  });
});

describe.each(modules)('frame_x8, %s module', (name) => {
  test.each(FRAME_FORMATS)('%s: every split gives the bytes of the reference and nothing else is written', (format) => {
    const frame = noiseFrame(format, 14, 10, 0, 3);
    const shape = { width: 9, height: 7, channels: 3, layout: 'nhwc' } as const;
    const plan = framePlan(shape, 'uint8', frame.data.length);
    const setup = {
      planes: planesOf(frame, 'test'), placement: placementOf(frame, shape, 'stretch'), matrix: colourMatrix(format, 3, 'limited'),
      values: Uint8Array.from({ length: 768 }, (_, at) => at % 256),
    };
    const tables = tablesOf(frame.data, setup);
    const call = {
      kernel: 'frame_x8', params: 'FrameParams', outputBytes: 9 * 7 * 3, scratchBytes: 0, units: 7,
      fields: { ...(plan.steps[0]!.fields as Record<string, number>), ...tables, OUTPUT: 'output' as const },
    } as const;
    const expected = resize(toPixels(frame, 3, 'limited'), shape, 'stretch').data;
    expect(machineOf(name).run(call)).toEqual(expected);
    expect(machineOf(name).run(call, [1, 2, 5])).toEqual(expected);
  });

  function tablesOf(data: Uint8Array, { planes, placement, matrix, values }: Parameters<ReturnType<typeof openFrameKernel>>[1]) {
    const settings = new Int32Array(FrameSettings.SIZE / 4);
    settings.set([...planes.offsets, matrix === undefined ? 0 : 1, 0, placement.to.height, 0, placement.to.width]);
    matrix?.forEach((row, channel) => row.forEach((weight, column) => (settings[FrameSettings.MATRIX_0 / 4 + column * 4 + channel] = weight)));
    const taps = (from: number, to: number, step: number, other: number): Int32Array => Int32Array.from(
      { length: (to * FrameTap.SIZE) / 4 },
      (_, word) => {
        const position = Math.min(Math.max(((Math.floor(word / 5) + 0.5) * from) / to - 0.5, 0), from - 1);
        const near = Math.floor(position);
        const far = Math.min(near + 1, from - 1);
        return [near * step, far * step, (near >> planes.otherShift) * other, (far >> planes.otherShift) * other, Math.round((position - near) * 2048)][word % 5]!;
      },
    );
    return {
      FRAME: { bytes: data }, SETTINGS: { bytes: settings }, VALUES: { bytes: values },
      ROWS: { bytes: taps(placement.from.height, placement.to.height, planes.stride, planes.otherStride) },
      COLUMNS: { bytes: taps(placement.from.width, placement.to.width, planes.step, planes.otherStep) },
    };
  }
});
