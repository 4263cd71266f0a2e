import * as v from 'valibot';
import { checkModel } from '../core/arguments.ts';
import { OptionError } from '../core/errors.ts';
import { inTurn } from '../core/in-turn.ts';
import { formatShape } from '../core/shape.ts';
import { isImagePort } from './image-port.ts';
import { openInput, type ImageInputOptions, type InputWriter } from './image-to-input.ts';
import type { Placement } from './placement.ts';
import type { Frame, ImageModel } from './types.ts';

/** Options of one call of a picture task. */
export const callSchema = v.strictObject({ signal: v.optional(v.instance(AbortSignal)) });

export type CallOptions = v.InferInput<typeof callSchema>;

/** Frames into an open model and out of it what a task reads. Calls of all tasks with one model follow each other, as they share its input. */
export class PictureTask {
  readonly #model: ImageModel;
  readonly #write: InputWriter;

  /**
   * @param task name of the task, for messages
   * @throws OptionError when it is no open model, has another number of inputs, its input takes no picture, or an option is wrong
   */
  constructor(model: ImageModel, options: ImageInputOptions, task: string) {
    checkModel(model, task);
    const [input, second] = model.inputs;
    if (input === undefined || second !== undefined || !isImagePort(input)) {
      throw new OptionError('not-an-image-model', `${task}: the model has ${model.inputs.length} inputs` +
        `${input === undefined ? '' : `, the first of shape ${formatShape(input.shape)}`}; it takes models with one picture input`);
    }
    this.#model = model;
    this.#write = openInput(input, options, task, model.metadata?.inputs[0]);
  }

  /** @param read takes the answer out of the model's outputs before another call can change them */
  run<T>(frame: Frame, signal: AbortSignal | undefined, read: (placement: Placement) => T): Promise<T> {
    return inTurn(this.#model, signal, async () => {
      signal?.throwIfAborted();
      const placement = this.#write(frame);
      await this.#model.run(signal === undefined ? {} : { signal });
      return read(placement);
    });
  }
}
