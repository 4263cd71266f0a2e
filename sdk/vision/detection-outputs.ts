import type { Port } from '../runtime/types.ts';
import type { DetectedBox } from './detected-box.ts';

/** Outputs of a detection model that decodes and selects its boxes itself. */
interface DetectionOutputs {
  /** [1, N, 4]: top, left, bottom, right. */
  readonly boxes: Float32Array;
  /** [1, N]. */
  readonly classes: Float32Array;
  readonly scores: Float32Array;
  /** [1]. */
  readonly count: Float32Array;
}

/**
 * The outputs of TFLite's detection post-processing: boxes, classes, scores, count in the order of the operator, or scores, boxes, count, classes
 * as converters list them. Undefined where the outputs are others.
 */
function detectionOutputs(outputs: readonly Port[]): DetectionOutputs | undefined {
  if (outputs.length !== 4 || outputs.some(({ dtype }) => dtype !== 'float32')) return undefined;
  const boxes = outputs.find(({ shape }) => shape.length === 3 && shape[0] === 1 && shape[2] === 4);
  const places = boxes?.shape[1];
  const rows = outputs.filter(({ shape }) => shape.length === 2 && shape[0] === 1 && shape[1] === places);
  const count = outputs.find((port) => port !== boxes && !rows.includes(port) && port.data.length === 1);
  const [first, second, third] = rows;
  if (boxes === undefined || first === undefined || second === undefined || third !== undefined || count === undefined) return undefined;
  const [classes, scores] = outputs[0] === boxes ? [first, second] : [second, first];
  const [a, b, c, d] = [boxes, classes, scores, count].map(({ data }) => data as Float32Array) as [Float32Array, Float32Array, Float32Array, Float32Array];
  return { boxes: a, classes: b, scores: c, count: d };
}

/** Reads the boxes of a model that selects them itself, in its order; undefined where the outputs are others. */
export function detectionReader(outputs: readonly Port[]): (() => DetectedBox[]) | undefined {
  const found = detectionOutputs(outputs);
  if (found === undefined) return undefined;
  const { boxes, classes, scores, count } = found;
  return () => Array.from({ length: Math.min(Math.max(Math.trunc(count[0]!) || 0, 0), scores.length) }, (_, at) => {
    const [top, left, bottom, right] = boxes.subarray(at * 4, at * 4 + 4) as unknown as [number, number, number, number];
    return { index: Math.trunc(classes[at]!), score: scores[at]!, box: [left, top, right, bottom] };
  });
}
