import * as v from 'valibot';
import { OptionError } from '../core/errors.ts';
import { parseOptions } from '../core/options.ts';
import type { Port } from '../runtime/types.ts';
import { imageInputSchema, type ImageInputOptions } from './image-to-input.ts';
import { checkLabels, classLabels } from './labels.ts';
import { callSchema, PictureTask } from './picture-task.ts';
import { isClassPort, topClasses, type Classification } from './top-classes.ts';
import type { Frame, ImageModel } from './types.ts';

/** How a classifier prepares pictures and names classes. */
export interface ImageClassifierOptions extends ImageInputOptions {
  /** One name per class; by default those of the model file. */
  readonly labels?: readonly string[];
}

const schema = v.strictObject({ ...imageInputSchema.entries, labels: v.optional(v.array(v.string())) });

const classifySchema = v.strictObject({
  /** Number of classes to return. */
  top: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 5),
  ...callSchema.entries,
});

/** Classifies pictures with an open model of one picture input and one row of class scores. The model stays the caller's to close. */
export class ImageClassifier {
  readonly #task: PictureTask;
  readonly #output: Port;
  readonly #labels: readonly string[] | undefined;

  /** @throws OptionError for wrong options, and when the model has another number of inputs, or its input takes no picture */
  constructor(model: ImageModel, options: ImageClassifierOptions = {}) {
    const { labels, ...inputOptions } = parseOptions(schema, options, 'ImageClassifier');
    this.#task = new PictureTask(model, inputOptions, 'ImageClassifier');
    const [output] = model.outputs;
    if (output === undefined) throw new OptionError('not-a-classifier', 'ImageClassifier: the model has no outputs; the first must be a row of class scores');
    if (isClassPort(output)) checkLabels(labels, output.data.length, 'ImageClassifier');
    this.#output = output;
    this.#labels = labels ?? classLabels(output, model.metadata?.outputs[0]);
  }

  /**
   * The best classes of a picture, best first. Calls follow each other, as they share the model's input; the frame must stay
   * unchanged until then.
   * @throws OptionError for wrong options and frames, DeviceError when the model cannot run
   */
  async classify(frame: Frame, options: v.InferInput<typeof classifySchema> = {}): Promise<Classification[]> {
    const { top, signal } = parseOptions(classifySchema, options, 'classify');
    return this.#task.run(frame, signal, () => topClasses(this.#output, top, this.#labels));
  }
}
