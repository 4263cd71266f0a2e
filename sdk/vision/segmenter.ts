import * as v from 'valibot';
import { OptionError } from '../core/errors.ts';
import { parseOptions } from '../core/options.ts';
import { maskReader, type ClassMask } from './class-mask.ts';
import { imageInputSchema, type ImageInputOptions } from './image-to-input.ts';
import { anyLabels } from './labels.ts';
import { callSchema, PictureTask, type CallOptions } from './picture-task.ts';
import type { Placement } from './placement.ts';
import type { Frame, ImageModel } from './types.ts';

const schema = v.strictObject({
  ...imageInputSchema.entries,
  labels: v.optional(v.array(v.string())),
  threshold: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1)), 0.5),
});

/** How a segmenter prepares pictures and names classes. */
export interface SegmenterOptions extends ImageInputOptions {
  /** One name per class; by default those of the model file. */
  readonly labels?: readonly string[];
  /** Models with one score a pixel: least score of class 1, 0.5 by default. */
  readonly threshold?: number;
}

/** Tells the class of each pixel with an open model of one picture input and one mask. The model stays the caller's to close. */
export class Segmenter {
  readonly #task: PictureTask;
  readonly #read: (placement: Placement) => ClassMask;

  /** @throws OptionError for wrong options, and when the model has other inputs or outputs */
  constructor(model: ImageModel, options: SegmenterOptions = {}) {
    const { labels, threshold, ...inputOptions } = parseOptions(schema, options, 'Segmenter');
    this.#task = new PictureTask(model, inputOptions, 'Segmenter');
    const [output] = model.outputs;
    if (output === undefined) throw new OptionError('not-a-segmenter', 'Segmenter: the model has no outputs; the first must be a mask');
    this.#read = maskReader(output, threshold, labels, anyLabels(model.metadata));
  }

  /**
   * The class of each pixel of a picture, in its own size. Calls follow each other, as they share the model's input; the frame must stay
   * unchanged until then.
   * @throws OptionError for wrong options and frames, DeviceError when the model cannot run
   */
  async segment(frame: Frame, options: CallOptions = {}): Promise<ClassMask> {
    const { signal } = parseOptions(callSchema, options, 'segment');
    return this.#task.run(frame, signal, this.#read);
  }
}
