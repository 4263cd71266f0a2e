import * as v from 'valibot';
import { affineOf, codeRangeOf, quantizeValue } from '../core/affine.ts';
import { checkPort } from '../core/arguments.ts';
import { viewOf, type NumberArray } from '../core/dtype.ts';
import { OptionError } from '../core/errors.ts';
import type { PortMetadata } from '../core/model-metadata.ts';
import { parseOptions } from '../core/options.ts';
import type { Port } from '../runtime/types.ts';
import { COLOUR_RANGES, colourMatrix } from './colour.ts';
import { planesOf } from './frame.ts';
import { openFrameKernel, type FrameSetup } from './frame-kernel.ts';
import { CODES } from './frame-plan.ts';
import { imagePortShape, LAYOUTS } from './image-port.ts';
import { placementOf, RESIZE_MODES, type Placement } from './placement.ts';
import type { Frame } from './types.ts';

const perChannel = v.union(
  [v.pipe(v.number(), v.finite()), v.pipe(v.array(v.pipe(v.number(), v.finite())), v.minLength(1), v.maxLength(3))],
  'must be one finite number or one per channel',
);

export const imageInputSchema = v.strictObject({
  /** How a picture of another size becomes one of the model's size; `stretch` by default. */
  resize: v.optional(v.picklist(RESIZE_MODES), 'stretch'),
  /** Axes of the input; needed only where its shape fits both. */
  layout: v.optional(v.picklist(LAYOUTS)),
  /** The model sees (pixel - mean) / std with pixels 0 to 255; both or none. One number, or one per channel. */
  mean: v.optional(perChannel),
  std: v.optional(perChannel),
  /** Codes of nv12 and i420 frames; `limited` by default. */
  range: v.optional(v.picklist(COLOUR_RANGES), 'limited'),
});

export type ImageInputOptions = v.InferInput<typeof imageInputSchema>;

type PerChannel = number | readonly number[];

function channelValues(option: PerChannel, channels: number, name: string): readonly number[] {
  const values = typeof option === 'number' ? [option] : option;
  if (values.length !== 1 && values.length !== channels) {
    throw new OptionError('invalid-option', `${name} has ${values.length} numbers, the model input has ${channels} channels: give 1 or ${channels}`);
  }
  return Array.from({ length: channels }, (_, channel) => values[values.length === 1 ? 0 : channel]!);
}

/** Value of the input for each channel and pixel value. Without mean and std the codes of 8-bit inputs are the pixels: scale and zero point normalize. */
function valuesOf(port: Port, channels: number, mean: PerChannel | undefined, std: PerChannel | undefined): NumberArray {
  const where = `input '${port.name}'`;
  const range = codeRangeOf(port.dtype);
  if (range === undefined && port.dtype !== 'float32') {
    throw new OptionError('not-an-image-input', `${where}: ${port.dtype} takes no picture; allowed: uint8, int8, float32; ` +
      'give the tensor itself as a .npy file');
  }
  if ((mean === undefined) !== (std === undefined)) throw new OptionError('invalid-option', `${where}: mean and std belong together, give both`);
  const values = viewOf(port.dtype, new ArrayBuffer(channels * CODES * 4), 0, channels * CODES) as NumberArray;
  if (mean === undefined || std === undefined) {
    if (range === undefined) {
      throw new OptionError('missing-normalization', `${where} is float32 and the model does not say how pixels become numbers: give mean and std`);
    }
    values.forEach((_, at) => { values[at] = (at % CODES) + range.min; });
    return values;
  }
  const deviations = channelValues(std, channels, 'std');
  if (deviations.some((deviation) => deviation <= 0)) throw new OptionError('invalid-option', `${where}: std must be above 0`);
  const affine = affineOf(port.quantization);
  if (range !== undefined && affine === undefined) throw new OptionError('invalid-option', `${where} has no scale: leave mean and std away`);
  channelValues(mean, channels, 'mean').forEach((average, channel) => {
    for (let pixel = 0; pixel < CODES; pixel++) {
      const real = (pixel - average) / deviations[channel]!;
      values[channel * CODES + pixel] = range === undefined || affine === undefined ? real : quantizeValue(real, affine, range);
    }
  });
  return values;
}

/** Writes frames into a model input and says where they came to lie. */
export type InputWriter = (frame: Frame) => Placement;

/**
 * Prepares a model input for frames. The memory is kept for the next frame; frames of the size before need no new tables.
 * @param stated what the model file says of the input; its mean and std count for float32 inputs where the options give none
 * @throws OptionError when the input takes no picture, or lacks a normalization or layout
 */
export function openInput(port: Port, options: ImageInputOptions, where: string, stated?: PortMetadata): InputWriter {
  return writerOf(port, parseOptions(imageInputSchema, options, where), where, stated);
}

function writerOf(port: Port, parsed: v.InferOutput<typeof imageInputSchema>, where: string, stated?: PortMetadata): InputWriter {
  const normalization = parsed.mean === undefined && parsed.std === undefined && port.dtype === 'float32' ? stated?.normalization : undefined;
  const { mean, std } = normalization ?? parsed;
  const shape = imagePortShape(port, parsed.layout);
  const values = valuesOf(port, shape.channels, mean, std);
  const kernel = openFrameKernel(shape, port.dtype);
  let kind = '';
  let setup: FrameSetup | undefined;
  return (frame) => {
    const planes = planesOf(frame, where);
    const { data, width, height, format, stride } = frame;
    const given = `${format} ${width} ${height} ${stride ?? ''}`;
    if (setup === undefined || kind !== given) {
      const matrix = colourMatrix(format, shape.channels, parsed.range);
      setup = { planes, placement: placementOf({ width, height }, shape, parsed.resize), matrix, values };
    }
    kind = given;
    port.data.set(kernel(data, setup));
    return setup.placement;
  };
}

/** The last writer of each input. */
const writers = new WeakMap<Port, { readonly key: string; readonly write: InputWriter }>();

/**
 * Writes a picture into a model input: colours, then size, then numbers. Grey pictures fill RGB inputs and the reverse; alpha is dropped.
 * A picture of the model's size is not resampled. uint8 inputs take the pixels, int8 inputs the pixels - 128, unless mean and std are given.
 * @param port input of an open model; shape 1 x H x W x C or 1 x C x H x W with C 1 or 3, dtype uint8, int8 or float32
 * @returns where the picture came to lie
 * @throws OptionError when the input takes no picture, lacks a normalization or layout, or the frame lacks bytes
 */
export function imageToInput(image: Frame, port: Port, options: ImageInputOptions = {}): Placement {
  checkPort(port, 'imageToInput');
  const parsed = parseOptions(imageInputSchema, options, 'imageToInput');
  const key = JSON.stringify(parsed);
  let writer = writers.get(port);
  if (writer?.key !== key) {
    writer = { key, write: writerOf(port, parsed, 'imageToInput') };
    writers.set(port, writer);
  }
  return writer.write(image);
}
