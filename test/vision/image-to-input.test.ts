import { describe, expect, test } from 'vitest';
import { imageToInput, openInput, type ImageInputOptions } from '../../sdk/vision/image-to-input.ts';
import type { Frame } from '../../sdk/vision/types.ts';
import { port } from './port.ts';

const rgb: Frame = { width: 2, height: 2, format: 'rgb', data: Uint8Array.of(0, 1, 2, 10, 11, 12, 200, 201, 202, 255, 254, 253) };
const image = { scale: 0.5, zeroPoint: -3 };

describe('imageToInput', () => {
  test('uint8 takes the pixels, int8 the pixels - 128, whatever scale and zero point are', () => {
    const unsigned = port('uint8', [1, 2, 2, 3], image);
    imageToInput(rgb, unsigned);
    expect(unsigned.data).toEqual(rgb.data);
    const signed = port('int8', [1, 2, 2, 3], image);
    imageToInput(rgb, signed);
    expect([...(signed.data as Int8Array)]).toEqual([...rgb.data].map((pixel) => pixel - 128));
  });

  test('float32 takes (pixel - mean) / std per channel', () => {
    const input = port('float32', [1, 2, 2, 3]);
    imageToInput(rgb, input, { mean: [0, 1, 2], std: [1, 2, 4] });
    expect([...(input.data as Float32Array)].slice(3, 6)).toEqual([10, 5, 2.5]);
    imageToInput(rgb, input, { mean: 127.5, std: 127.5 });
    expect((input.data as Float32Array)[9]).toBe(1);
  });

  test('mean and std of an int8 input go through its scale and zero point', () => {
    const input = port('int8', [1, 2, 2, 3], { scale: 1 / 64, zeroPoint: 5 });
    imageToInput(rgb, input, { mean: 127.5, std: 127.5 });
    expect([...(input.data as Int8Array)].slice(0, 3)).toEqual([5 - 64, 5 - 63, 5 - 63]);
    expect((input.data as Int8Array)[9]).toBe(5 + 64);
  });

  test('channels first', () => {
    const input = port('uint8', [1, 3, 2, 2]);
    imageToInput(rgb, input);
    expect([...(input.data as Uint8Array)]).toEqual([0, 10, 200, 255, 1, 11, 201, 254, 2, 12, 202, 253]);
  });

  test('converts colours and size', () => {
    const input = port('uint8', [1, 2, 2, 3]);
    imageToInput({ width: 4, height: 2, format: 'grey', data: Uint8Array.of(10, 20, 30, 40, 50, 60, 70, 80) }, input, { resize: 'stretch' });
    expect([...(input.data as Uint8Array)]).toEqual([15, 15, 15, 35, 35, 35, 55, 55, 55, 75, 75, 75]);
  });

  test.each<[string, Parameters<typeof port>, ImageInputOptions, RegExp]>([
    ['float32 without mean and std', ['float32', [1, 2, 2, 3]], {}, /input 'x' is float32 .* give mean and std/],
    ['mean without std', ['float32', [1, 2, 2, 3]], { mean: 1 }, /belong together/],
    ['two means for three channels', ['float32', [1, 2, 2, 3]], { mean: [1, 2], std: 1 }, /mean has 2 numbers, the model input has 3/],
    ['std 0', ['float32', [1, 2, 2, 3]], { mean: 0, std: 0 }, /std must be above 0/],
    ['an input of rank 2', ['int8', [1, 640]], {}, /1x640: takes no picture; allowed/],
    ['a batch', ['int8', [2, 2, 2, 3]], {}, /takes no/],
    ['int32', ['int32', [1, 2, 2, 3]], {}, /int32 takes no picture; allowed: uint8, int8, float32/],
    ['both layouts', ['uint8', [1, 3, 2, 3]], {}, /state the layout/],
    ['the wrong layout', ['uint8', [1, 2, 2, 3]], { layout: 'nchw' }, /takes no picture in nchw order/],
    ['an unknown option', ['uint8', [1, 2, 2, 3]], { size: 3 } as ImageInputOptions, /size/],
    ['mean for an input without a scale', ['int8', [1, 2, 2, 3]], { mean: 1, std: 1 }, /no scale/],
  ])('refuses %s', (_, [dtype, shape], options, message) => {
    expect(() => imageToInput(rgb, port(dtype, shape), options)).toThrow(message);
    expect(() => imageToInput(rgb, port(dtype, shape), options)).toThrow(expect.objectContaining({ name: 'OptionError' }));
  });

  test('says where the picture lies, and a changed option counts', () => {
    const input = port('uint8', [1, 2, 2, 1]);
    const wide: Frame = { width: 4, height: 2, format: 'grey', data: Uint8Array.of(10, 20, 30, 40, 50, 60, 70, 80) };
    expect(imageToInput(wide, input, { resize: 'crop' })).toMatchObject({ from: { left: 1, top: 0, width: 2, height: 2 } });
    expect([...(input.data as Uint8Array)]).toEqual([20, 30, 60, 70]);
    expect(imageToInput(wide, input, { resize: 'letterbox' })).toMatchObject({ to: { left: 0, top: 0, width: 2, height: 1 } });
    expect([...(input.data as Uint8Array)]).toEqual([35, 55, 0, 0]);
  });

  test('keeps no frame: the placement holds its size alone', () => {
    expect(imageToInput(rgb, port('uint8', [1, 2, 2, 3])).picture).toEqual({ width: 2, height: 2 });
  });

  test('the range of YUV frames is an option, limited by default', () => {
    const input = port('uint8', [1, 2, 2, 1]);
    const frame: Frame = { width: 2, height: 2, format: 'nv12', data: Uint8Array.of(16, 16, 235, 235, 128, 128) };
    imageToInput(frame, input);
    expect([...(input.data as Uint8Array)]).toEqual([0, 0, 255, 255]);
    imageToInput(frame, input, { range: 'full' });
    expect([...(input.data as Uint8Array)]).toEqual([16, 16, 235, 235]);
  });

  test('what the file states normalizes float32 inputs only, unless options are given', () => {
    const stated = { normalization: { mean: [1], std: [2] } };
    const float = port('float32', [1, 2, 2, 3]);
    openInput(float, {}, 'test', stated)(rgb);
    expect((float.data as Float32Array)[3]).toBe(4.5);
    openInput(float, { mean: 0, std: 5 }, 'test', stated)(rgb);
    expect((float.data as Float32Array)[3]).toBe(2);
    expect(() => openInput(float, {}, 'test', { normalization: { mean: [1, 2], std: [1] } })).toThrow(/mean has 2 numbers/);
    const codes = port('uint8', [1, 2, 2, 3], { scale: 1, zeroPoint: 0 });
    openInput(codes, {}, 'test', stated)(rgb);
    expect(codes.data).toEqual(rgb.data);
  });

  test('refuses what is no input of a model', () => {
    for (const wrong of [undefined, null, {}, 'x']) {
      expect(() => imageToInput(rgb, wrong as never)).toThrow(expect.objectContaining({ name: 'OptionError', message: expect.stringMatching(/must be an input of an open model/) }));
    }
  });

  test('options are validated on every call, whatever they hold', () => {
    const input = port('uint8', [1, 2, 2, 3]);
    imageToInput(rgb, input);
    const cyclic: Record<string, unknown> = {};
    cyclic['self'] = cyclic;
    for (const wrong of [cyclic, { resize: 1n }, { resize: () => 'crop' }, { mean: Symbol('m') }]) {
      expect(() => imageToInput(rgb, input, wrong as ImageInputOptions)).toThrow(expect.objectContaining({ name: 'OptionError', code: 'invalid-option' }));
    }
  });

  test('refuses a picture that lacks bytes', () => {
    expect(() => imageToInput({ ...rgb, height: 3 }, port('uint8', [1, 2, 2, 3]))).toThrow(/imageToInput: 2 x 3 pixels in rgb with a stride of 6 need 18 bytes, got 12/);
  });
});
