import * as v from 'valibot';
import { affineOf, codeRangeOf, quantizeValue } from '../core/affine.ts';
import type { TypedArray } from '../core/dtype.ts';
import { OptionError } from '../core/errors.ts';
import { parseOptions } from '../core/options.ts';
import type { Port } from '../runtime/types.ts';
import { toChannels } from './colour.ts';
import { imagePortShape, LAYOUTS, type ImageShape } from './image-port.ts';
import { resize, RESIZE_MODES } from './resize.ts';
import type { Image } from './types.ts';

const perChannel = v.union(
  [v.pipe(v.number(), v.finite()), v.pipe(v.array(v.pipe(v.number(), v.finite())), v.minLength(1), v.maxLength(3))],
  'must be one finite number or one per channel',
);

const optionsSchema = v.strictObject({
  /** How a picture of another size becomes one of the model's size. */
  resize: v.optional(v.picklist(RESIZE_MODES), 'stretch'),
  /** Axes of the input; needed only where its shape fits both. */
  layout: v.optional(v.picklist(LAYOUTS)),
  /** The model sees (pixel - mean) / std with pixels 0 to 255; both or none. One number, or one per channel. */
  mean: v.optional(perChannel),
  std: v.optional(perChannel),
});

export type ImageInputOptions = v.InferInput<typeof optionsSchema>;

/** Value of the input for each channel and each of the 256 pixel values. */
type Codes = readonly ArrayLike<number>[];

function channelValues(option: number | readonly number[], channels: number, name: string): readonly number[] {
  const values = typeof option === 'number' ? [option] : option;
  if (values.length !== 1 && values.length !== channels) {
    throw new OptionError('invalid-option', `${name} has ${values.length} numbers, the model input has ${channels} channels: give 1 or ${channels}`);
  }
  return Array.from({ length: channels }, (_, channel) => values[values.length === 1 ? 0 : channel]!);
}

/** Without mean and std the codes of 8-bit inputs are the pixels themselves: scale and zero point are the normalization. */
function codesOf(port: Port, channels: number, mean: number | number[] | undefined, std: number | number[] | undefined): Codes {
  const where = `input '${port.name}'`;
  const range = codeRangeOf(port.dtype);
  if (range === undefined && port.dtype !== 'float32') {
    throw new OptionError('not-an-image-input', `${where}: ${port.dtype} takes no picture; allowed: uint8, int8, float32; ` +
      'give the tensor itself as a .npy file');
  }
  if ((mean === undefined) !== (std === undefined)) throw new OptionError('invalid-option', `${where}: mean and std belong together, give both`);
  if (mean === undefined || std === undefined) {
    if (range === undefined) {
      throw new OptionError('missing-normalization', `${where} is float32 and the model does not say how pixels become numbers: give mean and std`);
    }
    const codes = Array.from({ length: 256 }, (_, pixel) => pixel + range[0]);
    return Array.from({ length: channels }, () => codes);
  }
  const deviations = channelValues(std, channels, 'std');
  if (deviations.some((deviation) => deviation <= 0)) throw new OptionError('invalid-option', `${where}: std must be above 0`);
  const affine = affineOf(port.quantization);
  if (range !== undefined && affine === undefined) throw new OptionError('invalid-option', `${where} has no scale: leave mean and std away`);
  return channelValues(mean, channels, 'mean').map((average, channel) => Float32Array.from({ length: 256 }, (_, pixel) => {
    const real = (pixel - average) / deviations[channel]!;
    return range === undefined || affine === undefined ? real : quantizeValue(real, affine, range);
  }));
}

function write(pixels: Image, { layout, channels, width, height }: ImageShape, codes: Codes, port: Port): void {
  const data = port.data as Exclude<TypedArray, BigInt64Array>;
  const area = width * height;
  for (let channel = 0; channel < channels; channel++) {
    const table = codes[channel]!;
    for (let pixel = 0; pixel < area; pixel++) {
      data[layout === 'nhwc' ? pixel * channels + channel : channel * area + pixel] = table[pixels.data[pixel * channels + channel]!]!;
    }
  }
}

/**
 * Writes a picture into a model input: colours, then size, then numbers. Grey pictures fill RGB inputs and the reverse; alpha is dropped.
 * A picture of the model's size is not resampled. uint8 inputs take the pixels, int8 inputs the pixels - 128, unless mean and std are given.
 * @param port input of an open model; shape 1 x H x W x C or 1 x C x H x W with C 1 or 3, dtype uint8, int8 or float32
 * @throws OptionError when the input takes no picture, or lacks a normalization or layout
 */
export function imageToInput(image: Image, port: Port, options: ImageInputOptions = {}): void {
  const { resize: mode, layout, mean, std } = parseOptions(optionsSchema, options, 'imageToInput');
  const shape = imagePortShape(port, layout);
  if (image.data.length !== image.width * image.height * image.channels) {
    throw new OptionError('invalid-option', `imageToInput: ${image.width} x ${image.height} pixels of ${image.channels} channels need ` +
      `${image.width * image.height * image.channels} bytes, got ${image.data.length}`);
  }
  const codes = codesOf(port, shape.channels, mean, std);
  write(resize(toChannels(image, shape.channels), shape.width, shape.height, mode), shape, codes, port);
}
