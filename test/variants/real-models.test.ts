import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Model } from '../../sdk/model.ts';
import { ModelVariants } from '../../sdk/variants/model-variants.ts';
import { decodeImage } from '../../sdk/vision/decode-image.ts';
import { ImageClassifier } from '../../sdk/vision/image-classifier.ts';
import { assets } from '../assets.ts';
import { rowOf, variantsIn } from './directory.ts';

const model = (name: string): string => join(assets!, `models/${name}.tflite`);
const picture = (name: string) => decodeImage(readFileSync(join(assets!, 'images', name)), name);

/** Pairs for one task: MobileNets of two sizes and dtypes of the body, person detectors of grey and colour pictures. */
const PAIRS = [
  { first: 'mobilenet_v1_0.25_128_quant', inputs: [1, 128, 128, 3], second: 'tf2_mobilenet_v2_1.0_224_ptq', others: [1, 224, 224, 3], pictures: ['cat.bmp', 'grace_hopper.bmp'] },
  { first: 'person_detect_int8', inputs: [1, 96, 96, 1], second: 'vww_96_int8', others: [1, 96, 96, 3], pictures: ['person.bmp', 'no_person.bmp'] },
] as const;

describe.skipIf(!assets)('variants of real models', () => {
  test.each(PAIRS)('$first and $second classify as they do alone, over two switches', async ({ first, second, inputs, others, pictures }) => {
    const directory = variantsIn([
      { path: model(first), row: rowOf('small', model(first), [...inputs]) }, { path: model(second), row: rowOf('large', model(second), [...others]) },
    ]);
    const frames = await Promise.all(pictures.map(picture));
    const alone = new Map<string, unknown[]>();
    for (const [name, file] of [['small', first], ['large', second]] as const) {
      await using single = await Model.load(model(file), { threads: 1 });
      const classifier = new ImageClassifier(single);
      alone.set(name, [await classifier.classify(frames[0]!), await classifier.classify(frames[1]!)]);
    }
    await using variants = await ModelVariants.open(directory, { threads: 1 });
    const classify = variants.bind((open) => new ImageClassifier(open));
    const used: string[] = [];
    let turn = 0;
    const answer = (): Promise<void> => classify(async (classifier, { name }) => {
      const at = turn++ % 2;
      expect(await classifier.classify(frames[at]!)).toEqual(alone.get(name)![at]);
      used.push(name);
    });
    for (const name of ['large', 'small']) {
      let switched = false;
      const switching = variants.switchTo(name).then(() => { switched = true; });
      do await answer(); while (!switched);
      await switching;
      await answer();
    }
    expect(used.filter((name, at) => at > 0 && name !== used[at - 1])).toEqual(['large', 'small']);
  });
});
