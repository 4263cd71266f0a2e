import { describe, expect, test } from 'vitest';
import { ImageClassifier } from '../../sdk/vision/image-classifier.ts';
import type { Frame, ImageModel } from '../../sdk/vision/types.ts';
import { port } from './port.ts';

test('labels that are not one per class are refused at once', () => {
  expect(() => new ImageClassifier(brightness(), { labels: ['a', 'b', 'c'] })).toThrow(/^ImageClassifier: 3 labels for 2 classes; give one label per class/);
});

/** Puts the brightness of the picture into class 1 and its complement into class 0. */
function brightness(): ImageModel & { runs: number } {
  const input = port('uint8', [1, 2, 2, 1]);
  const output = port('float32', [1, 2]);
  const model = {
    inputs: [input],
    outputs: [output],
    runs: 0,
    async run(options?: { signal?: AbortSignal }) {
      options?.signal?.throwIfAborted();
      await new Promise((resolve) => setTimeout(resolve, 1));
      const bright = (input.data as Uint8Array)[0]! / 255;
      (output.data as Float32Array).set([1 - bright, bright]);
      model.runs++;
    },
  };
  return model;
}

function grey(value: number): Frame {
  return { width: 2, height: 2, format: 'grey', data: new Uint8Array(4).fill(value) };
}

describe('ImageClassifier', () => {
  test('names the best classes', async () => {
    const classifier = new ImageClassifier(brightness(), { labels: ['dark', 'bright'] });
    expect(await classifier.classify(grey(255), { top: 1 })).toEqual([{ index: 1, label: 'bright', score: 1 }]);
    expect((await classifier.classify(grey(0)))[0]).toEqual({ index: 0, label: 'dark', score: 1 });
  });

  test('takes the names of the file where there is one per class', async () => {
    const named = (labels: string[]) => new ImageClassifier({ ...brightness(), metadata: { inputs: [], outputs: [{ labels }] } }).classify(grey(255), { top: 1 });
    expect((await named(['dark', 'bright']))[0]!.label).toBe('bright');
    expect((await named(['dark']))[0]!.label).toBeNull();
  });

  test('calls made at once do not mix their pictures', async () => {
    const classifier = new ImageClassifier(brightness());
    const answers = await Promise.all([0, 255, 0, 255].map((value) => classifier.classify(grey(value), { top: 1 })));
    expect(answers.map(([best]) => best?.index)).toEqual([0, 1, 0, 1]);
  });

  test('an aborted call rejects and the next one works', async () => {
    const classifier = new ImageClassifier(brightness());
    await expect(classifier.classify(grey(1), { signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
    expect(await classifier.classify(grey(255))).toHaveLength(2);
  });

  test('refuses models and options that do not fit', async () => {
    const model = brightness();
    expect(() => new ImageClassifier({ ...model, inputs: [port('float32', [1, 640])] })).toThrow(/picture input/);
    expect(() => new ImageClassifier({ ...model, inputs: [...model.inputs, ...model.inputs] })).toThrow(/2 inputs/);
    expect(() => new ImageClassifier(undefined as never)).toThrow('ImageClassifier: found Undefined; must be an open model: pass what `await Model.load(file)` gives');
    expect(() => new ImageClassifier(Promise.resolve(model) as never)).toThrow(/found Promise/);
    expect(() => new ImageClassifier(model, { label: ['a'] } as never)).toThrow("option 'label': unknown; allowed are resize, layout, mean, std, range, labels");
    expect(() => new ImageClassifier(model, { labels: 'a' } as never)).toThrow(/'labels': .*Expected Array/);
    await expect(new ImageClassifier(model).classify(grey(1), { top: 0 })).rejects.toThrow(/top/);
    expect(model.runs).toBe(0);
  });
});
