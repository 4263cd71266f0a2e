import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { viewOf, type NumberArray } from '../../sdk/core/dtype.ts';
import { Model } from '../../sdk/model.ts';
import type { Port } from '../../sdk/runtime/types.ts';
import { LITERT_FOLDER, type GoldenCase } from './cases.ts';

interface GoldenFile {
  readonly engine: string;
  readonly results: readonly { readonly input: string; readonly outputs: readonly string[] }[];
}

/** How our outputs stand beside LiteRT's on the same inputs. */
export interface Comparison {
  readonly engine: string;
  readonly elements: number;
  /** Share of equal output elements, 0 to 1. */
  readonly equal: number;
  /** Largest difference of integer outputs, in steps. */
  readonly steps: number;
  /** Largest difference of float32 outputs, relative to the largest magnitude of LiteRT's output tensor. */
  readonly relative: number;
  /** Inputs whose largest output is another one although LiteRT's margin exceeds 2 steps or 1e-3 of its largest output. */
  readonly flips: number;
}

/** LiteRT's largest element and its distance to the second largest. */
function top(elements: NumberArray): { index: number; margin: number } {
  const order = [...elements.keys()].sort((a, b) => elements[b]! - elements[a]!);
  return { index: order[0]!, margin: order.length > 1 ? elements[order[0]!]! - elements[order[1]!]! : 0 };
}

function largestOf(elements: NumberArray): number {
  let largest = 0;
  for (const value of elements) largest = Math.max(largest, Math.abs(value));
  return largest;
}

interface Difference {
  equal: number;
  steps: number;
  relative: number;
  flipped: boolean;
}

function difference({ dtype, data }: Port, encoded: string): Difference {
  const bytes = Uint8Array.from(Buffer.from(encoded, 'base64'));
  const reference = viewOf(dtype, bytes.buffer, 0, data.length) as NumberArray;
  const magnitude = dtype === 'float32' ? largestOf(reference) : 1;
  let equal = 0;
  let largest = 0;
  reference.forEach((value, at) => {
    if (value === data[at]) equal++;
    else largest = Math.max(largest, Math.abs(value - data[at]!));
  });
  const best = top(reference);
  const most = data[best.index]!;
  const flipped = best.margin > (dtype === 'float32' ? 1e-3 * magnitude : 2) && data.some((value) => value > most);
  return dtype === 'float32' ? { equal, steps: 0, relative: largest / magnitude, flipped } : { equal, steps: largest, relative: 0, flipped };
}

/** Runs a golden case on the kernels and compares whole output tensors. @throws when a golden input is missing: run `npm run golden`. */
export async function compareWithLiteRt(item: GoldenCase): Promise<Comparison> {
  await using model = await Model.load(item.path, { threads: 1 });
  const inputs = new Map((await item.inputs(model)).map(({ name, data }) => [name, data]));
  const golden = JSON.parse(readFileSync(join(LITERT_FOLDER, `${item.name}.json`), 'utf8')) as GoldenFile;
  const total = { elements: 0, equal: 0, steps: 0, relative: 0, flips: 0 };
  for (const { input, outputs } of golden.results) {
    const data = inputs.get(input);
    if (data === undefined) throw new Error(`${item.name}: golden input '${input}' is missing; run npm run golden`);
    model.inputs.forEach((port, index) => new Uint8Array(port.data.buffer, port.data.byteOffset, port.data.byteLength).set(data[index]!));
    const ours = model.runSync().outputs;
    outputs.forEach((encoded, index) => {
      const { equal, steps, relative, flipped } = difference(ours[index]!, encoded);
      total.elements += ours[index]!.data.length;
      total.equal += equal;
      total.steps = Math.max(total.steps, steps);
      total.relative = Math.max(total.relative, relative);
      if (flipped) total.flips++;
    });
  }
  return { engine: golden.engine, ...total, equal: total.equal / total.elements };
}
