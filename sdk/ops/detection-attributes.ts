import { ModelError } from '../core/errors.ts';
import { formatShape } from '../core/shape.ts';
import type { Node, TensorType } from '../ir/graph.ts';
import { booleanAttribute, checkAttributeNames, integerAttribute, numberAttribute } from './attributes.ts';
import { checkActivation, checkCodes, checkOperandCount, operand, rejectOperand } from './operands.ts';

/** Most anchors and most reported boxes: scratch and outputs stay small. */
const MAX_ANCHORS = 1_000_000;
const MAX_ROOM = 65_536;

/** Sizes and limits of a detection node. */
export interface Detection {
  readonly anchors: number;
  /** Scores of an anchor, of which the last `classes` are classes. */
  readonly labels: number;
  readonly classes: number;
  readonly maxDetections: number;
  readonly classesPerBox: number;
  readonly boxesPerClass: number;
  readonly scoreThreshold: number;
  readonly maxOverlap: number;
  /** Suppression within each class instead of across all. */
  readonly withinClasses: boolean;
  /** Divisors of the codes for y, x, height and width. */
  readonly divisors: readonly [number, number, number, number];
  /** Boxes that the outputs hold. */
  readonly room: number;
}

const NAMES = [
  'numClasses', 'maxDetections', 'maxClassesPerDetection', 'detectionsPerClass', 'scoreThreshold', 'iouThreshold', 'regularNms',
  'yScale', 'xScale', 'hScale', 'wScale',
];

/** Checks operands and attributes. @throws ModelError naming the node */
export function detectionOf(node: Node, inputs: readonly (TensorType & { readonly data?: unknown } | undefined)[]): Detection {
  checkAttributeNames(node, NAMES);
  checkOperandCount(node, [3, 3], 4);
  const boxes = operand(node, inputs, 0, 'boxes');
  const scores = operand(node, inputs, 1, 'scores');
  const anchors = operand(node, inputs, 2, 'anchors');
  checkActivation(node, 'boxes', boxes, 3);
  checkActivation(node, 'scores', scores, 3);
  const [batch, count = 0, four] = boxes.shape;
  const labels = scores.shape[2]!;
  if (batch !== 1 || four !== 4 || count > MAX_ANCHORS) {
    rejectOperand(node, 'boxes', boxes, `has shape ${formatShape(boxes.shape)}; must be 1xNx4 with at most ${MAX_ANCHORS} anchors`);
  }
  if (scores.shape[0] !== 1 || scores.shape[1] !== count) {
    rejectOperand(node, 'scores', scores, `has shape ${formatShape(scores.shape)}; must be 1x${count}xL, a row for each anchor`);
  }
  if (formatShape(anchors.shape) !== `${count}x4`) rejectOperand(node, 'anchors', anchors, `has shape ${formatShape(anchors.shape)}; must be ${count}x4`);
  if (anchors.dtype === 'int8' || anchors.dtype === 'uint8') checkCodes(node, 'anchors', anchors);
  else if (anchors.dtype !== 'float32') rejectOperand(node, 'anchors', anchors, `is ${anchors.dtype}; must be float32, int8 or uint8`);
  if (anchors.data === undefined) rejectOperand(node, 'anchors', anchors, 'are computed at run time; they must be constant');
  const classes = integerAttribute(node, 'numClasses', 1, labels);
  const maxDetections = integerAttribute(node, 'maxDetections', 1, MAX_ROOM);
  const classesPerBox = integerAttribute(node, 'maxClassesPerDetection', 1, MAX_ROOM);
  const room = maxDetections * classesPerBox;
  if (room > MAX_ROOM) throw new ModelError('invalid-attribute', `${node.name}: ${maxDetections} detections of ${classesPerBox} classes; at most ${MAX_ROOM} fit`);
  const positive = (name: string): number => numberAttribute(node, name, 1e-6, 1e6);
  return {
    anchors: count,
    labels,
    classes,
    maxDetections,
    classesPerBox: Math.min(classesPerBox, classes),
    boxesPerClass: integerAttribute(node, 'detectionsPerClass', 1, MAX_ROOM),
    scoreThreshold: numberAttribute(node, 'scoreThreshold', -1e6, 1e6),
    maxOverlap: numberAttribute(node, 'iouThreshold', 0, 1),
    withinClasses: booleanAttribute(node, 'regularNms'),
    divisors: [positive('yScale'), positive('xScale'), positive('hScale'), positive('wScale')],
    room,
  };
}
