import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Model } from '../../sdk/model.ts';
import { CLASSIFICATIONS, samplesOf, windowsOf } from '../accuracy/mlperf-tiny.ts';
import { seededBytes } from '../fixtures/seeded.ts';

/** Codes of every model input. */
export interface GoldenInput {
  readonly name: string;
  readonly codes: readonly Int8Array[];
}

/** A model with the inputs whose LiteRT outputs are kept in `test/golden/litert/<name>.json`. */
export interface GoldenCase {
  readonly name: string;
  /** Path of the model file. */
  readonly path: string;
  /** Needs the assets folder. */
  readonly assets: boolean;
  inputs(model: Model): GoldenInput[];
}

export const LITERT_FOLDER = 'test/golden/litert';

const SAMPLES = 100;
const AD_FILES = 4;
const AD_WINDOWS = 5;
const SEEDS = [1, 2, 3, 4];

function seededCodes(model: Model): GoldenInput[] {
  return SEEDS.map((seed) => ({
    name: `seed ${seed}`,
    codes: model.inputs.map(({ data }, index) => new Int8Array(seededBytes(seed + index, data.length).buffer)),
  }));
}

/** Every fixture model, and with `assets` the five models of the main path on real samples. */
export function goldenCases(fixtures: string, assets: string | undefined): GoldenCase[] {
  const own = readdirSync(fixtures)
    .filter((file) => file.endsWith('.tflite'))
    .map((file): GoldenCase => ({ name: file.slice(0, -'.tflite'.length), path: join(fixtures, file), assets: false, inputs: seededCodes }));
  if (assets === undefined) return own;
  const sets = CLASSIFICATIONS.map((set): GoldenCase => ({
    name: set.file.slice(0, -'.tflite'.length),
    path: join(assets, 'models', set.file),
    assets: true,
    inputs: () => samplesOf(join(assets, 'mlperf-tiny', set.name))
      .slice(0, SAMPLES)
      .map(({ file }) => ({ name: file, codes: [set.toInput(readFileSync(join(assets, 'mlperf-tiny', set.name, file)))] })),
  }));
  const adFolder = join(assets, 'mlperf-tiny/ad01');
  const ad: GoldenCase = {
    name: 'ad01_int8',
    path: join(assets, 'models/ad01_int8.tflite'),
    assets: true,
    inputs: (model) => readdirSync(adFolder)
      .filter((file) => file.endsWith('.bin'))
      .slice(0, AD_FILES)
      .flatMap((file) => [...windowsOf(model, readFileSync(join(adFolder, file)))].slice(0, AD_WINDOWS).map(({ codes }, index) => ({ name: `${file} ${index}`, codes: [codes] }))),
  };
  const person: GoldenCase = { name: 'person_detect_int8', path: join(assets, 'models/person_detect_int8.tflite'), assets: true, inputs: seededCodes };
  return [...own, ...sets, ad, person];
}
