import { describe, expect, it } from 'vitest';
import { compile } from '../../sdk/compile/compile.ts';
import { interpret } from '../../sdk/compile/interpret.ts';
import type { Attribute, Graph, Tensor } from '../../sdk/ir/graph.ts';
import { activation } from './graphs.ts';
import { expectRejected } from './run.ts';

const ATTRIBUTES = {
  numClasses: 2, maxDetections: 3, maxClassesPerDetection: 1, detectionsPerClass: 2, scoreThreshold: 0.25, iouThreshold: 0.5, regularNms: false,
  yScale: 10, xScale: 10, hScale: 5, wScale: 5,
};

/** Four anchors of height and width 1: two at the origin, two 10 to the right; scores of background and two classes. */
function detection(attributes: Readonly<Record<string, Attribute>> = {}, change: Partial<Tensor> = {}): Graph {
  const anchors = Float32Array.of(0, 0, 1, 1, 0, 0.1, 1, 1, 0, 10, 1, 1, 0, 10, 1, 1);
  const outputs = [[1, 3, 4], [1, 3], [1, 3], [1]].map((shape, index): Tensor => ({ name: `out ${index}`, dtype: 'float32', shape }));
  return {
    name: 'detection',
    tensors: [
      activation('boxes', [1, 4, 4], 1, 0),
      activation('scores', [1, 4, 3], 1 / 256, -128),
      { name: 'anchors', dtype: 'float32', shape: [4, 4], data: new Uint8Array(anchors.buffer), ...change },
      ...outputs,
    ],
    nodes: [{ op: 'detection-post-process', name: 'operator 0', inputs: [0, 1, 2], outputs: [3, 4, 5, 6], attributes: { ...ATTRIBUTES, ...attributes } }],
    inputs: [0, 1],
    outputs: [3, 4, 5, 6],
  };
}

// Scores 128/256 and so on: anchor 0 class 0, anchor 1 class 1 a little better, anchor 2 class 1, anchor 3 below the threshold.
const SCORES = Int8Array.of(127, 0, -100, 127, -100, 10, 127, -128, -40, 127, -120, -120);
const BOXES = new Int8Array(16);

describe('detection-post-process', () => {
  it('keeps the best of overlapping boxes over all classes, and fills the rest with zeros', () => {
    const [boxes, classes, scores, count] = interpret(detection(), [BOXES, SCORES], 'float').map((values) => [...values]);
    expect(count).toEqual([2]);
    expect(classes).toEqual([1, 1, 0]);
    expect(scores).toEqual([138 / 256, 88 / 256, 0]);
    expect(boxes!.slice(0, 8)).toEqual([-0.5, 0.1 - 0.5, 0.5, 0.6, -0.5, 9.5, 0.5, 10.5].map(Math.fround));
    expect(boxes!.slice(8)).toEqual([0, 0, 0, 0]);
  });

  it('keeps the best boxes within each class where asked', () => {
    const [, classes, scores, count] = interpret(detection({ regularNms: true }), [BOXES, SCORES], 'float').map((values) => [...values]);
    expect(count).toEqual([3]);
    expect(classes).toEqual([1, 0, 1]);
    expect(scores).toEqual([138 / 256, 128 / 256, 88 / 256]);
  });

  it('decodes centres and extents by the scales', () => {
    const codes = Int8Array.from(BOXES);
    codes.set([20, -10, 5, 0], 0);
    const [boxes] = interpret(detection({ maxDetections: 3 }), [codes, Int8Array.from(SCORES, (score, at) => (at === 1 ? 127 : score))], 'float');
    const half = Math.fround(0.5 * Math.E);
    expect([...boxes!.slice(0, 4)]).toEqual([2 - half, -1 - 0.5, 2 + half, -1 + 0.5].map(Math.fround));
  });

  it('lowers to one serial step with a table for each coordinate', () => {
    const { steps } = compile(detection());
    expect(steps).toHaveLength(1);
    expect(steps[0]).toMatchObject({ kernel: 'detect_qs8', units: 1, fields: { COUNT: 4, LABELS: 3, CLASSES: 2, LEAST_CODE: -64, CLASSES_PER_BOX: 1 } });
  });

  it('rejects operands and limits that do not fit', () => {
    expectRejected(detection({}, { data: new Uint8Array(32), shape: [2, 4] }), /anchors' has shape 2x4; must be 4x4/);
    expectRejected(detection({ numClasses: 4 }), /attribute 'numClasses' is 4/);
    expectRejected(detection({ maxDetections: 65536, maxClassesPerDetection: 2 }), /at most 65536 fit/);
    expectRejected(detection({ yScale: 0 }), /attribute 'yScale' is 0/);
  });
});
