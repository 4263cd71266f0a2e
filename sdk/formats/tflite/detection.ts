import { ModelError } from '../../core/errors.ts';
import type { Attribute } from '../../ir/graph.ts';
import { readFlexMap } from './flexbuffer.ts';
import type { OperatorTable } from './types.ts';

/** Boxes of one class when the file does not say (detection_postprocess.cc, kNumDetectionsPerClass). */
const DETECTIONS_PER_CLASS = 100;

/** Attributes of `detection-post-process` from the options of TFLite_Detection_PostProcess. */
export function detectionAttributes(operator: OperatorTable, where: string): Record<string, Attribute> {
  const options = readFlexMap(operator.bytes('custom_options'), `${where} custom_options`);
  const value = (name: string): number => {
    const found = options.get(name);
    if (typeof found === 'number') return found;
    throw new ModelError('invalid-options', `${where}: custom option ${name} is ${found ?? 'missing'}; must be a number; export the model again`);
  };
  const regular = options.get('use_regular_nms');
  return {
    numClasses: value('num_classes'),
    maxDetections: value('max_detections'),
    maxClassesPerDetection: value('max_classes_per_detection'),
    detectionsPerClass: options.has('detections_per_class') ? value('detections_per_class') : DETECTIONS_PER_CLASS,
    scoreThreshold: value('nms_score_threshold'),
    iouThreshold: value('nms_iou_threshold'),
    regularNms: typeof regular === 'number' ? Math.trunc(regular) !== 0 : regular === true,
    yScale: value('y_scale'),
    xScale: value('x_scale'),
    hScale: value('h_scale'),
    wScale: value('w_scale'),
  };
}

/** Shapes of the outputs, which files leave out: boxes, classes, scores, count. */
export function detectionShapes({ maxDetections, maxClassesPerDetection }: Readonly<Record<string, Attribute>>): number[][] {
  const room = Number(maxDetections) * Number(maxClassesPerDetection);
  return [[1, room, 4], [1, room], [1, room], [1]];
}
