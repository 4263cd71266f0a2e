import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Model } from '../../sdk/model.ts';
import { decodeImage } from '../../sdk/vision/decode-image.ts';
import { imageToInput } from '../../sdk/vision/image-to-input.ts';
import { assets } from '../assets.ts';

/** What LiteRT 2 gets right on the same decoded pixels. */
const LITERT_CORRECT = 111;
const PICTURES = 200;

function indexOfLargest(values: Uint8Array): number {
  return values.reduce((best, value, index) => (value > values[best]! ? index : best), 0);
}

describe.skipIf(assets === undefined)('accuracy on pictures', () => {
  it('MobileNetV1 0.25 on uint8 is within one picture of LiteRT on ImageNet samples', async () => {
    await using model = await Model.load(join(assets!, 'models/mobilenet_v1_0.25_224_quant.tflite'), { threads: 1 });
    const folder = join(assets!, 'images/imagenet');
    const files = readdirSync(folder).filter((file) => file.endsWith('.jpg'));
    expect(files).toHaveLength(PICTURES);
    let correct = 0;
    for (const file of files) {
      imageToInput(await decodeImage(readFileSync(join(folder, file)), file), model.inputs[0]!, { resize: 'crop' });
      // Files start with the class index; the model's classes start with a background.
      if (indexOfLargest(model.runSync().outputs[0]!.data as Uint8Array) === Number(file.slice(0, 3)) + 1) correct++;
    }
    expect(Math.abs(correct - LITERT_CORRECT)).toBeLessThanOrEqual(1);
  }, 60_000);

  it('SSD MobileNet finds the cats and dogs', async () => {
    await using model = await Model.load(join(assets!, 'models/coco_ssd_mobilenet_v1_quant.tflite'), { threads: 1 });
    imageToInput(await decodeImage(readFileSync(join(assets!, 'images/cats_and_dogs.jpg')), 'cats_and_dogs.jpg'), model.inputs[0]!);
    const [, classes, scores] = model.runSync().outputs.map(({ data }) => [...(data as Float32Array)]);
    expect(classes!.filter((_, index) => scores![index]! > 0.5)).toEqual([16, 16, 16, 17]);
  });
});
