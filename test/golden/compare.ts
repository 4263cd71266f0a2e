import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Model } from '../../sdk/model.ts';
import { LITERT_FOLDER, type GoldenCase } from './cases.ts';

interface GoldenFile {
  readonly engine: string;
  readonly results: readonly { readonly input: string; readonly outputs: readonly string[] }[];
}

/** How our outputs stand beside LiteRT's on the same inputs. */
export interface Comparison {
  readonly engine: string;
  readonly bytes: number;
  /** Share of equal output bytes, 0 to 1. */
  readonly equal: number;
  /** Largest difference in output steps. */
  readonly largest: number;
  /** Inputs whose largest output is another one although LiteRT's margin exceeds 2 steps. */
  readonly flips: number;
}

/** LiteRT's largest code and its distance to the second largest. */
function top(codes: Int8Array): { index: number; margin: number } {
  const order = [...codes.keys()].sort((a, b) => codes[b]! - codes[a]!);
  return { index: order[0]!, margin: order.length > 1 ? codes[order[0]!]! - codes[order[1]!]! : 0 };
}

/** Runs a golden case on the kernels and compares whole output tensors. @throws when a golden input is missing: run `npm run golden`. */
export async function compareWithLiteRt(item: GoldenCase): Promise<Comparison> {
  await using model = await Model.load(item.path, { threads: 1 });
  const inputs = new Map(item.inputs(model).map(({ name, codes }) => [name, codes]));
  const golden = JSON.parse(readFileSync(join(LITERT_FOLDER, `${item.name}.json`), 'utf8')) as GoldenFile;
  let bytes = 0;
  let equal = 0;
  let largest = 0;
  let flips = 0;
  for (const { input, outputs } of golden.results) {
    const codes = inputs.get(input);
    if (codes === undefined) throw new Error(`${item.name}: golden input '${input}' is missing; run npm run golden`);
    model.inputs.forEach(({ data }, index) => (data as Int8Array).set(codes[index]!));
    const ours = model.runSync().outputs;
    outputs.forEach((encoded, index) => {
      const reference = new Int8Array(Uint8Array.from(Buffer.from(encoded, 'base64')).buffer);
      const output = ours[index]!.data as Int8Array;
      bytes += reference.length;
      reference.forEach((code, at) => {
        const difference = Math.abs(code - output[at]!);
        if (difference === 0) equal++;
        largest = Math.max(largest, difference);
      });
      const best = top(reference);
      if (best.margin > 2 && output[best.index] !== output.reduce((a, b) => Math.max(a, b))) flips++;
    });
  }
  return { engine: golden.engine, bytes, equal: equal / bytes, largest, flips };
}
