import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TypedArray } from '../../sdk/core/dtype.ts';
import type { Model } from '../../sdk/model.ts';
import { decodeImage } from '../../sdk/vision/decode-image.ts';
import { imageToInput } from '../../sdk/vision/image-to-input.ts';
import { CLASSIFICATIONS, FLOAT_CLASSIFICATIONS, samplesOf, windowsOf } from '../accuracy/mlperf-tiny.ts';
import { seededElements } from '../fixtures/seeded.ts';

/** Bytes of every model input. */
export interface GoldenInput {
  readonly name: string;
  readonly data: readonly Uint8Array[];
}

/** A model with the inputs whose LiteRT outputs are kept in `test/golden/litert/<name>.json`. */
export interface GoldenCase {
  readonly name: string;
  /** Path of the model file. */
  readonly path: string;
  inputs(model: Model): GoldenInput[] | Promise<GoldenInput[]>;
}

export const LITERT_FOLDER = 'test/golden/litert';

const SAMPLES = 100;
/** float32 outputs take four times the bytes. */
const FLOAT_SAMPLES = 30;
const AD_FILES = 4;
const AD_WINDOWS = 5;
const SEEDS = [1, 2, 3, 4];

/** Models of the assets folder that are run on seeded inputs. */
const SEEDED = [
  'person_detect_int8', 'mobilenet_v1_0.25_224_float', 'sentiment_embedding_float', 'streaming_wakeword_int8',
];

/** Models of the assets folder that are run on pictures. */
const PICTURED: Readonly<Record<string, readonly string[]>> = {
  'tf2_mobilenet_v2_1.0_224_ptq': ['cat.bmp', 'grace_hopper.bmp'],
  'mobilenet_v2_1.0_224_quant': ['cat.bmp', 'grace_hopper.bmp'],
  'mobilenet_v1_0.25_128_quant': ['cat.bmp', 'grace_hopper.bmp'],
  'mobilenet_v1_0.25_224_quant': ['cat.bmp', 'grace_hopper.bmp'],
  'coco_ssd_mobilenet_v1_quant': ['cats_and_dogs.jpg', 'burger.jpg'],
  'movenet_single_pose_lightning_ptq': ['squat.bmp'],
};

function bytesOf(array: TypedArray): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

function seededInputs(model: Model): GoldenInput[] {
  return SEEDS.map((seed) => ({
    name: `seed ${seed}`,
    data: model.inputs.map(({ dtype, data }, index) => seededElements(dtype, seed + index, data.length, data.byteLength)),
  }));
}

async function pictureInput(model: Model, path: string): Promise<Uint8Array> {
  const port = model.inputs[0]!;
  imageToInput(await decodeImage(readFileSync(path), path), port);
  return bytesOf(port.data).slice();
}

/** Every fixture model, and with `assets` real models on real samples. */
export function goldenCases(fixtures: string, assets: string | undefined): GoldenCase[] {
  const own = readdirSync(fixtures)
    .filter((file) => file.endsWith('.tflite'))
    .map((file): GoldenCase => ({ name: file.slice(0, -'.tflite'.length), path: join(fixtures, file), inputs: seededInputs }));
  if (assets === undefined) return own;
  const sets = [...CLASSIFICATIONS, ...FLOAT_CLASSIFICATIONS].map((set): GoldenCase => ({
    name: set.file.slice(0, -'.tflite'.length),
    path: join(assets, 'models', set.file),
    inputs: () => samplesOf(join(assets, 'mlperf-tiny', set.name))
      .slice(0, FLOAT_CLASSIFICATIONS.includes(set) ? FLOAT_SAMPLES : SAMPLES)
      .map(({ file }) => ({ name: file, data: [bytesOf(set.toInput(readFileSync(join(assets, 'mlperf-tiny', set.name, file))))] })),
  }));
  const adFolder = join(assets, 'mlperf-tiny/ad01');
  const ad = ['ad01_int8', 'ad01_float'].map((name): GoldenCase => ({
    name,
    path: join(assets, `models/${name}.tflite`),
    inputs: (model) => readdirSync(adFolder)
      .filter((file) => file.endsWith('.bin'))
      .slice(0, AD_FILES)
      .flatMap((file) => [...windowsOf(model, readFileSync(join(adFolder, file)))].slice(0, AD_WINDOWS)
        .map(({ input }, index) => ({ name: `${file} ${index}`, data: [bytesOf(input).slice()] }))),
  }));
  const seeded = SEEDED.map((name): GoldenCase => ({ name, path: join(assets, `models/${name}.tflite`), inputs: seededInputs }));
  const pictured = Object.entries(PICTURED).map(([name, files]): GoldenCase => ({
    name,
    path: join(assets, `models/${name}.tflite`),
    inputs: async (model) => [
      ...seededInputs(model),
      ...await Promise.all(files.map(async (file) => ({ name: file, data: [await pictureInput(model, join(assets, 'images', file))] }))),
    ],
  }));
  return [...own, ...sets, ...ad, ...seeded, ...pictured];
}
