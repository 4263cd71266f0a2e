import { detectionOf } from './detection-attributes.ts';
import { detect } from './detection-reference.ts';
import { anchorValues, detectionTables } from './detection-tables.ts';
import { bytesOf, sourceField } from './kernel-fields.ts';
import type { Fields } from './kernel-fields.ts';
import { operand } from './operands.ts';
import type { Operator } from './types.ts';

/**
 * Decodes anchor boxes, suppresses overlapping ones and reports the best, as TFLite's custom operator TFLite_Detection_PostProcess.
 * Inputs: boxes int8 1xNx4, scores int8 1xNxL, constant anchors Nx4 (float32, int8 or uint8). Outputs, float32: boxes 1xMx4 as top, left,
 * bottom, right; classes 1xM; scores 1xM, falling; the number of boxes [1]. The rest of the M places is zeros.
 */
export const detectionPostProcess: Operator = {
  name: 'detection-post-process',

  infer(node, inputs) {
    const { room } = detectionOf(node, inputs);
    return [[1, room, 4], [1, room], [1, room], [1]].map((shape) => ({ dtype: 'float32' as const, shape }));
  },

  reference(node, inputs, outputs) {
    const detection = detectionOf(node, inputs);
    const [boxes, scores, anchors] = [0, 1, 2].map((index) => operand(node, inputs, index, 'input'));
    const { buffer, byteOffset, byteLength } = anchors!.data;
    const values = anchorValues(anchors!, new Uint8Array(buffer, byteOffset, byteLength));
    const codes = { boxes: boxes!.data as Int8Array, scores: scores!.data as Int8Array };
    const found = detect(detection, detectionTables(detection, boxes!, scores!), values, codes);
    const [outBoxes, outClasses, outScores, outCount] = outputs.map((output) => (output.data as Float32Array).fill(0));
    found.entries.forEach(({ box, label, score }, index) => {
      outBoxes!.set(box, index * 4);
      outClasses![index] = label;
      outScores![index] = score;
    });
    outCount![0] = found.count;
  },

  lower(node, lowering) {
    const [boxesId = -1, scoresId = -1, anchorsId = -1] = node.inputs;
    const [boxes, scores, anchors] = [lowering.tensor(boxesId), lowering.tensor(scoresId), lowering.tensor(anchorsId)];
    const detection = detectionOf(node, [boxes, scores, anchors]);
    const tables = detectionTables(detection, boxes, scores);
    const table = (name: string, values: Float64Array | Float32Array): { constant: number } => (
      { constant: lowering.constantData(`${node.name} ${name}`, bytesOf(values), { kind: 'raw' }) }
    );
    const least = tables.scores.findIndex((score) => score >= Math.fround(detection.scoreThreshold));
    const [outBoxes, outClasses, outScores, outCount] = node.outputs.map((id) => ({ buffer: lowering.buffer(id) }));
    const fields: Fields<'DetectParams'> = {
      BOXES: sourceField(lowering, boxesId),
      SCORES: sourceField(lowering, scoresId),
      ANCHORS: table('anchors', anchorValues(anchors, anchors.data ?? new Uint8Array())),
      CENTRES_Y: table('centres y', tables.centresY),
      CENTRES_X: table('centres x', tables.centresX),
      HALVES_Y: table('half heights', tables.halvesY),
      HALVES_X: table('half widths', tables.halvesX),
      SCORE_VALUES: table('scores', tables.scores),
      OUT_BOXES: outBoxes!,
      OUT_CLASSES: outClasses!,
      OUT_SCORES: outScores!,
      OUT_COUNT: outCount!,
      COUNT: detection.anchors,
      LABELS: detection.labels,
      CLASSES: detection.classes,
      LEAST_CODE: least < 0 ? 128 : least - 128,
      MAX_DETECTIONS: detection.maxDetections,
      CLASSES_PER_BOX: detection.withinClasses ? 0 : detection.classesPerBox,
      BOXES_PER_CLASS: detection.boxesPerClass,
      ROOM: detection.room,
      MAX_OVERLAP: { f32: Math.fround(detection.maxOverlap) },
    };
    const kept = Math.max(detection.maxDetections, detection.boxesPerClass);
    const scratch = 5 * detection.anchors + 24 * detection.maxDetections + 20 * kept + 1056;
    lowering.step({ kernel: 'detect_qs8', params: 'DetectParams', fields, units: 1, scratch });
  },
};
