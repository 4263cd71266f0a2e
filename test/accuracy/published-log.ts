import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { affineOf } from '../../sdk/core/affine.ts';
import type { Model } from '../../sdk/model.ts';
import { type Classification, type Engine, infer } from './mlperf-tiny.ts';

/** One inference of a published MLPerf Tiny result. */
interface PublishedVector {
  readonly file: string;
  /** One for each class, rounded to three decimals: finer than the step of the int8 output, 1/256. */
  readonly probabilities: readonly number[];
}

/** Sets with a published log of the int8 model. */
export const PUBLISHED: readonly string[] = ['vww01', 'kws01'];

/** Vectors of a runner's log whose sample is present: `Loading file NAME`, later `m-results : [p, …]`. */
function publishedVectors(folder: string): PublishedVector[] {
  const log = readFileSync(join(folder, 'published_int8_outputs.log'), 'utf8');
  const vectors: { file: string; probabilities: number[] }[] = [];
  for (const [, file, values] of log.matchAll(/Loading file (\S+)|m-results +: \[([^\]]*)\]/g)) {
    if (file !== undefined) vectors.push({ file, probabilities: [] });
    else vectors.at(-1)?.probabilities.push(...values!.split(',').map(Number));
  }
  return vectors.filter(({ file }) => existsSync(join(folder, file)));
}

/**
 * How many published output vectors a model gives code for code.
 * @param stride 1 for every vector, 2 for every second one …
 */
export async function reproduced(
  model: Model, folder: string, { toInput }: Classification, engine: Engine, stride = 1,
): Promise<{ same: number; total: number }> {
  const { scale, zeroPoint } = affineOf(model.outputs[0]!.quantization)!;
  const vectors = publishedVectors(folder).filter((_, index) => index % stride === 0);
  let same = 0;
  for (const { file, probabilities } of vectors) {
    const codes = await infer(model, toInput(readFileSync(join(folder, file))), engine);
    if (codes.length === probabilities.length && probabilities.every((value, index) => Math.round(value / scale) + zeroPoint === codes[index])) same++;
  }
  return { same, total: vectors.length };
}
