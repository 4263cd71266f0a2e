import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Model } from '../../sdk/model.ts';
import { DOT_VARIANTS } from '../../sdk/runtime/pack/types.ts';
import { supportsModule } from '../../sdk/runtime/kernels.ts';
import { assetModels, fixtureModels, floatModels, hashOutputs, seedInputs } from '../models.ts';

const EXPECTED = join(import.meta.dirname, '../fixtures/expected.json');
const remake = process.env['HALFBYTE_GOLDEN'] === '1';
const full = process.env['HALFBYTE_VERIFY'] === 'full';
const seeds = full ? [1, 2, 3, 4, 5, 6, 7, 8] : [1, 2];
const kernels = supportsModule('relaxed') ? (['baseline', 'relaxed'] as const) : (['baseline'] as const);
const variants = kernels.flatMap((kernel) => DOT_VARIANTS.filter((dot) => dot !== 'rd' || kernel === 'relaxed').map((dot) => ({ kernel, dot })));


/** One dot product of each module runs with every number of threads; the full cross does so with all. */
function isThreaded({ kernel, dot }: (typeof variants)[number]): boolean {
  return full || dot === (kernel === 'relaxed' ? 'rd' : 'd16');
}

const expected: Record<string, string> = remake ? {} : JSON.parse(readFileSync(EXPECTED, 'utf8'));

async function hashes(path: string, options: Parameters<typeof Model.load>[1], sync: boolean): Promise<string[]> {
  await using model = await Model.load(path, { ...options, parallelCost: 0 });
  const results: string[] = [];
  for (const seed of seeds) {
    seedInputs(model, seed);
    results.push(hashOutputs(sync ? model.runSync().outputs : (await model.run()).outputs));
  }
  return results;
}

describe.each([...fixtureModels, ...assetModels, ...floatModels])('$name gives the same bits', ({ path }) => {
  it('with every kernel module, dot product and number of threads, run() and runSync()', async () => {
    const reference = await hashes(path, { kernel: 'baseline', dot: 'd16', threads: 1 }, true);
    for (const variant of variants) {
      expect(await hashes(path, { ...variant, threads: 1 }, true), `runSync ${variant.kernel} ${variant.dot}`).toEqual(reference);
      for (const threads of isThreaded(variant) ? [1, 2, 3, 4] : []) {
        expect(await hashes(path, { ...variant, threads }, false), `run ${variant.kernel} ${variant.dot} ${threads} threads`).toEqual(reference);
      }
    }
  });

  it('as the scalar reference', async () => {
    await using model = await Model.load(path, { threads: 1 });
    seedInputs(model, 1);
    const reference = await model.interpret('float');
    const { outputs } = model.runSync();
    outputs.forEach((port, index) => expect(port.data).toEqual(reference[index]));
  });
});

describe('fixtures', () => {
  it.each(fixtureModels)('$name gives the hash kept in expected.json', async ({ name, path }) => {
    await using model = await Model.load(path, { threads: 1 });
    seedInputs(model, 1);
    const hash = hashOutputs(model.runSync().outputs);
    if (remake) {
      expected[name] = hash;
      writeFileSync(EXPECTED, `${JSON.stringify(expected, undefined, 1)}\n`);
    }
    expect(expected[name]).toBe(hash);
  });
});
