import * as v from 'valibot';
import { OptionError } from '../core/errors.ts';
import { parseOptions } from '../core/options.ts';
import { formatShape } from '../core/shape.ts';
import { OBJECT_THRESHOLD, toObjects, type DetectedBox, type DetectedObject } from './detected-box.ts';
import { detectionReader } from './detection-outputs.ts';
import { imagePortShape } from './image-port.ts';
import { imageInputSchema, type ImageInputOptions } from './image-to-input.ts';
import { anyLabels } from './labels.ts';
import { callSchema, PictureTask, type CallOptions } from './picture-task.ts';
import { rawBoxesSchema, rawBoxReader, type RawBoxes } from './raw-boxes.ts';
import { suppress } from './suppress.ts';
import type { Frame, ImageModel } from './types.ts';

const schema = v.strictObject({
  ...imageInputSchema.entries,
  labels: v.optional(v.array(v.string())),
  threshold: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1)), OBJECT_THRESHOLD),
  overlap: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1)), 0.5),
  most: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(4096)), 100),
  boxes: v.optional(rawBoxesSchema),
});

/** How a detector prepares pictures, decodes boxes and names classes. */
export interface ObjectDetectorOptions extends ImageInputOptions {
  /** One name per class, counted with the background where the model has one; by default those of the model file. */
  readonly labels?: readonly string[];
  /** Least score of an object, 0.3 by default. */
  readonly threshold?: number;
  /** How raw boxes are stated; needed unless the model ends in TFLite's detection operator. */
  readonly boxes?: RawBoxes;
  /** Raw boxes: intersection over union (IoU), 0 to 1, above which the lesser of two boxes of one class is left out (non-maximum suppression); 0.5 by default. */
  readonly overlap?: number;
  /** Raw boxes: most detections of a picture, those with the best scores; 1 to 4096, 100 by default. */
  readonly most?: number;
}

/**
 * Finds objects with an open model of one picture input, which either ends in TFLite's detection operator or states raw boxes.
 * The model stays the caller's to close.
 */
export class ObjectDetector {
  readonly #task: PictureTask;
  readonly #read: () => DetectedBox[];
  readonly #threshold: number;
  readonly #labels: readonly string[] | undefined;

  /** @throws OptionError for wrong options, and when the model has other inputs or outputs */
  constructor(model: ImageModel, options: ObjectDetectorOptions = {}) {
    const { labels, threshold, boxes, overlap, most, ...inputOptions } = parseOptions(schema, options, 'ObjectDetector');
    this.#task = new PictureTask(model, inputOptions, 'ObjectDetector');
    if (boxes === undefined) {
      const read = detectionReader(model.outputs);
      if (read === undefined) {
        const shapes = model.outputs.map(({ shape }) => formatShape(shape)).join(', ');
        throw new OptionError('not-a-detector', `ObjectDetector: the model has the outputs ${shapes || 'none'}, not the four of TFLite's detection operator; ` +
          "state the coding of raw boxes in the option 'boxes'");
      }
      this.#read = read;
    } else {
      const read = rawBoxReader(model.outputs, boxes, imagePortShape(model.inputs[0]!, options.layout), threshold, labels);
      this.#read = () => suppress(read(), overlap, most);
    }
    this.#threshold = threshold;
    this.#labels = labels ?? anyLabels(model.metadata);
  }

  /**
   * The objects of a picture, best first. Calls follow each other, as they share the model's input; the frame must stay unchanged until then.
   * @throws OptionError for wrong options and frames, DeviceError when the model cannot run
   */
  async detect(frame: Frame, options: CallOptions = {}): Promise<DetectedObject[]> {
    const { signal } = parseOptions(callSchema, options, 'detect');
    return this.#task.run(frame, signal, (placement) => toObjects(this.#read(), placement, this.#threshold, this.#labels));
  }
}
