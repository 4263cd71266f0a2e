import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { affineOf } from '../../sdk/core/affine.ts';
import type { Model } from '../../sdk/model.ts';
import type { RequantizeMode } from '../../sdk/ops/types.ts';

/** Runs a model on the inputs that were set; `kernels` uses the kernels, the others the scalar reference. */
export type Engine = 'kernels' | RequantizeMode;

export interface Classification {
  readonly name: string;
  readonly file: string;
  /** Bytes of a sample file -> input codes. */
  readonly toInput: (bytes: Uint8Array) => Int8Array | Float32Array;
}

/** Encodings: shared with the MLPerf Tiny runner (kws files are quantized already). */
export const CLASSIFICATIONS: readonly Classification[] = [
  { name: 'vww01', file: 'vww_96_int8.tflite', toInput: (bytes) => Int8Array.from(bytes, (value) => value - 128) },
  { name: 'ic01', file: 'resnet8_cifar10_int8.tflite', toInput: (bytes) => Int8Array.from(bytes, (value) => value - 128) },
  { name: 'kws01', file: 'kws_dscnn_int8.tflite', toInput: (bytes) => Int8Array.from(bytes, (value) => (value << 24) >> 24) },
];

/** The float models of the same sets: vww takes 0 to 1, resnet8 0 to 255, kws the reals its codes stand for. */
export const FLOAT_CLASSIFICATIONS: readonly Classification[] = [
  { name: 'vww01', file: 'vww_96_float.tflite', toInput: (bytes) => Float32Array.from(bytes, (value) => value / 255) },
  { name: 'ic01', file: 'resnet8_cifar10_float.tflite', toInput: (bytes) => Float32Array.from(bytes) },
  {
    name: 'kws01',
    file: 'kws_dscnn_float.tflite',
    toInput: (bytes) => Float32Array.from(bytes, (value) => 0.5847029 * (((value << 24) >> 24) - 83)),
  },
];

/** Samples of a set that are present, with their class: `file,classes,label`. */
export function samplesOf(folder: string): { file: string; label: number }[] {
  return readFileSync(join(folder, 'y_labels.csv'), 'utf8')
    .split('\n')
    .map((line) => line.trim().split(','))
    .filter((row) => row.length >= 3 && existsSync(join(folder, row[0]!)))
    .map((row) => ({ file: row[0]!, label: Number(row[2]) }));
}

/** The output of one inference. */
export async function infer(model: Model, input: Int8Array | Float32Array, engine: Engine): Promise<Int8Array | Float32Array> {
  model.inputs[0]!.data.set(input);
  if (engine !== 'kernels') return (await model.interpret(engine))[0] as Int8Array | Float32Array;
  return model.runSync().outputs[0]!.data as Int8Array | Float32Array;
}

function argmax(scores: Int8Array | Float32Array): number {
  let best = 0;
  scores.forEach((score, index) => {
    if (score > scores[best]!) best = index;
  });
  return best;
}

/** Top-1 hits over the samples present. */
export async function accuracy(model: Model, folder: string, set: Classification, engine: Engine): Promise<{ correct: number; total: number }> {
  const samples = samplesOf(folder);
  let correct = 0;
  for (const { file, label } of samples) {
    const codes = await infer(model, set.toInput(readFileSync(join(folder, file))), engine);
    if (argmax(codes) === label) correct++;
  }
  return { correct, total: samples.length };
}

const AD_WINDOW = 640;
const AD_STEP = 128;

/** Windows of an ad01 file as elements of the model's input. */
export function* windowsOf(model: Model, bytes: Uint8Array): Generator<{ values: Float32Array; input: Int8Array | Float32Array }> {
  const samples = new Float32Array(bytes.slice().buffer);
  const affine = affineOf(model.inputs[0]!.quantization);
  for (let start = 0; start + AD_WINDOW <= samples.length; start += AD_STEP) {
    const values = samples.subarray(start, start + AD_WINDOW);
    const input = affine === undefined
      ? values
      : Int8Array.from(values, (value) => Math.max(-128, Math.min(127, Math.round(value / affine.scale) + affine.zeroPoint)));
    yield { values, input };
  }
}

async function anomalyScore(model: Model, bytes: Uint8Array, engine: Engine): Promise<number> {
  const { scale, zeroPoint } = affineOf(model.outputs[0]!.quantization) ?? { scale: 1, zeroPoint: 0 };
  let sum = 0;
  let count = 0;
  for (const { values, input } of windowsOf(model, bytes)) {
    const output = await infer(model, input, engine);
    output.forEach((code, index) => {
      sum += (values[index]! - scale * (code - zeroPoint)) ** 2;
    });
    count += AD_WINDOW;
  }
  return sum / count;
}

/** Area under the ROC curve: the share of (anomalous, normal) pairs ranked right, ties half. */
function areaUnderCurve(anomalous: readonly number[], normal: readonly number[]): number {
  let right = 0;
  for (const a of anomalous) for (const n of normal) right += a > n ? 1 : a === n ? 0.5 : 0;
  return right / (anomalous.length * normal.length);
}

/** AUC of the autoencoder's reconstruction error over the ad01 files present. */
export async function anomalyAuc(model: Model, folder: string, engine: Engine): Promise<{ auc: number; files: number }> {
  const anomalous: number[] = [];
  const normal: number[] = [];
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.bin'))) {
    const score = await anomalyScore(model, readFileSync(join(folder, file)), engine);
    (file.startsWith('anomaly') ? anomalous : normal).push(score);
  }
  return { auc: areaUnderCurve(anomalous, normal), files: anomalous.length + normal.length };
}
