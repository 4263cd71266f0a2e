import * as v from 'valibot';
import { OptionError } from '../core/errors.ts';
import { parseOptions } from '../core/options.ts';
import { imageInputSchema, type ImageInputOptions } from './image-to-input.ts';
import { keypointReader, type Keypoint } from './keypoints.ts';
import { callSchema, PictureTask, type CallOptions } from './picture-task.ts';
import type { Placement } from './placement.ts';
import type { Frame, ImageModel } from './types.ts';

const schema = v.strictObject({ ...imageInputSchema.entries, labels: v.optional(v.array(v.string())) });

/** How a pose estimator prepares pictures and names keypoints. */
export interface PoseEstimatorOptions extends ImageInputOptions {
  /** One name per keypoint; by default those of COCO where there are 17. */
  readonly labels?: readonly string[];
}

/** Finds the keypoints of one body with an open model of one picture input, such as MoveNet. The model stays the caller's to close. */
export class PoseEstimator {
  readonly #task: PictureTask;
  readonly #read: (placement: Placement) => Keypoint[];

  /** @throws OptionError for wrong options, and when the model has other inputs or outputs */
  constructor(model: ImageModel, options: PoseEstimatorOptions = {}) {
    const { labels, ...inputOptions } = parseOptions(schema, options, 'PoseEstimator');
    this.#task = new PictureTask(model, inputOptions, 'PoseEstimator');
    const [output, second] = model.outputs;
    if (output === undefined || second !== undefined) {
      throw new OptionError('not-a-pose-model', `PoseEstimator: the model has ${model.outputs.length} outputs; it takes models with one, 1x1xKx3`);
    }
    this.#read = keypointReader(output, labels);
  }

  /**
   * The keypoints of the body in a picture. Calls follow each other, as they share the model's input; the frame must stay
   * unchanged until then.
   * @throws OptionError for wrong options and frames, DeviceError when the model cannot run
   */
  async estimate(frame: Frame, options: CallOptions = {}): Promise<Keypoint[]> {
    const { signal } = parseOptions(callSchema, options, 'estimate');
    return this.#task.run(frame, signal, this.#read);
  }
}
