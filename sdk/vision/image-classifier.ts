import * as v from 'valibot';
import { OptionError } from '../core/errors.ts';
import { parseOptions } from '../core/options.ts';
import type { Port } from '../runtime/types.ts';
import { isImagePort } from './image-port.ts';
import { imageToInput, type ImageInputOptions } from './image-to-input.ts';
import { topClasses, type Classification } from './top-classes.ts';
import type { Image, ImageModel } from './types.ts';

/** How a classifier prepares pictures and names classes. */
export interface ImageClassifierOptions extends ImageInputOptions {
  /** One name per class. */
  readonly labels?: readonly string[];
}

const classifySchema = v.strictObject({
  /** Number of classes to return. */
  top: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 5),
  signal: v.optional(v.instance(AbortSignal)),
});

/** Classifies pictures with an open model of one picture input and one row of class scores. The model stays the caller's to close. */
export class ImageClassifier {
  readonly #model: ImageModel;
  readonly #input: Port;
  readonly #output: Port;
  readonly #options: ImageInputOptions;
  readonly #labels: readonly string[] | undefined;
  #last: Promise<unknown> = Promise.resolve();

  /** @throws OptionError when the model has another number of inputs, or its input takes no picture. */
  constructor(model: ImageModel, options: ImageClassifierOptions = {}) {
    const { labels, ...inputOptions } = options;
    const [input, second] = model.inputs;
    const [output] = model.outputs;
    if (input === undefined || second !== undefined || output === undefined || !isImagePort(input)) {
      throw new OptionError('not-a-classifier', `ImageClassifier: the model has ${model.inputs.length} inputs and ${model.outputs.length} outputs; ` +
        'it takes models with one picture input and a row of class scores as first output');
    }
    this.#model = model;
    this.#input = input;
    this.#output = output;
    this.#options = inputOptions;
    this.#labels = labels;
  }

  /**
   * The best classes of a picture, best first. Calls follow each other, as they share the model's input.
   * @throws OptionError for wrong options, DeviceError when the model cannot run
   */
  async classify(image: Image, options: v.InferInput<typeof classifySchema> = {}): Promise<Classification[]> {
    const { top, signal } = parseOptions(classifySchema, options, 'classify');
    const turn = this.#last.then(async () => {
      imageToInput(image, this.#input, this.#options);
      await this.#model.run(signal === undefined ? {} : { signal });
      return topClasses(this.#output, top, this.#labels);
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
