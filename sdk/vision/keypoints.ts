import { formatShape } from '../core/shape.ts';
import { OptionError } from '../core/errors.ts';
import type { Port } from '../runtime/types.ts';
import { pictureX, pictureY, type Placement } from './placement.ts';
import { realValues } from './real-values.ts';

/** A point of a body in a picture. */
export interface Keypoint {
  /** 0-based number of the keypoint. */
  readonly index: number;
  readonly label: string | null;
  readonly score: number;
  /** 0…1 of the picture, x right, y down. */
  readonly x: number;
  readonly y: number;
}

/** Keypoints of the COCO data set, in its order. */
export const COCO_KEYPOINTS: readonly string[] = Object.freeze([
  'nose', 'left eye', 'right eye', 'left ear', 'right ear', 'left shoulder', 'right shoulder', 'left elbow', 'right elbow',
  'left wrist', 'right wrist', 'left hip', 'right hip', 'left knee', 'right knee', 'left ankle', 'right ankle',
]);

/** Whether an output is that of MoveNet: 1x1x17x3. */
export function isKeypointPort({ shape }: Pick<Port, 'shape'>): boolean {
  return formatShape(shape) === formatShape([1, 1, COCO_KEYPOINTS.length, 3]);
}

/**
 * A function that reads the keypoints of one body.
 * @param port output of shape [1, 1, keypoints, 3]: y, x and score of each, 0…1 of the model input
 * @throws OptionError when the output is another, or there are not as many labels as keypoints
 */
export function keypointReader(port: Port, labels?: readonly string[]): (placement: Placement) => Keypoint[] {
  const [one, bodies, count = 0, numbers] = port.shape;
  const where = `output '${port.name}' ${port.dtype} ${formatShape(port.shape)}`;
  if (port.shape.length !== 4 || one !== 1 || bodies !== 1 || numbers !== 3) {
    throw new OptionError('not-a-pose-model', `${where}: holds no keypoints; must be 1x1xKx3: y, x and score of each`);
  }
  const names = labels ?? (count === COCO_KEYPOINTS.length ? COCO_KEYPOINTS : undefined);
  if (names !== undefined && names.length !== count) {
    throw new OptionError('label-count', `${where}: ${names.length} labels for ${count} keypoints; give one label per keypoint`);
  }
  const value = realValues(port, 'keypoints');
  return (placement) => Array.from({ length: count }, (_, index) => ({
    index,
    label: names?.[index] ?? null,
    score: value(index * 3 + 2),
    x: pictureX(placement, value(index * 3 + 1)),
    y: pictureY(placement, value(index * 3)),
  }));
}
