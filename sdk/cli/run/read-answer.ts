import type { Model } from '../../model.ts';
import type { Port } from '../../runtime/types.ts';
import { OBJECT_THRESHOLD, toObjects, type DetectedObject } from '../../vision/detected-box.ts';
import { detectionReader } from '../../vision/detection-outputs.ts';
import { isKeypointPort, keypointReader, type Keypoint } from '../../vision/keypoints.ts';
import { anyLabels, classLabels } from '../../vision/labels.ts';
import { placementOf, type Placement } from '../../vision/placement.ts';
import { isClassPort, topClasses, type Classification } from '../../vision/top-classes.ts';

/** What the outputs mean: classes, objects or keypoints, or nothing known. */
export interface Answer {
  readonly top?: readonly Classification[];
  readonly objects?: readonly DetectedObject[];
  readonly keypoints?: readonly Keypoint[];
}

/** Places in the input itself, where no picture was given. */
const INPUT = { width: 1, height: 1 };

/**
 * Reads what the outputs of a model mean from their shapes.
 * @param labels of the command line, or of the task of the sound given; those of the model file otherwise
 * @param placement of the picture given
 * @throws OptionError when there are not as many labels as classes
 */
export function readAnswer(
  { metadata }: Pick<Model, 'metadata'>, outputs: readonly Port[], top: number,
  { given, labels }: { readonly given: readonly string[] | undefined; readonly labels: readonly string[] | undefined }, placement?: Placement,
): Answer {
  const place = placement ?? placementOf(INPUT, INPUT, 'stretch');
  const [first, second] = outputs;
  const readBoxes = detectionReader(outputs);
  if (readBoxes !== undefined) return { objects: toObjects(readBoxes(), place, OBJECT_THRESHOLD, given ?? anyLabels(metadata)) };
  if (first === undefined) return {};
  if (second === undefined && isKeypointPort(first)) return { keypoints: keypointReader(first, given)(place) };
  if (given === undefined && !isClassPort(first)) return {};
  return { top: topClasses(first, top, given ?? labels ?? classLabels(first, metadata?.outputs[0])) };
}
