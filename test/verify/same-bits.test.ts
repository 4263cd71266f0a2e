import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DeviceError } from '../../sdk/core/errors.ts';
import { Model } from '../../sdk/model.ts';
import { supportsModule } from '../../sdk/runtime/kernels.ts';
import { DOT_VARIANTS, type DotVariant } from '../../sdk/runtime/pack/types.ts';
import { chooseKernels } from '../../sdk/runtime/select.ts';
import type { KernelModule } from '../../sdk/runtime/types.ts';
import { realModels } from '../assets.ts';
import { fixtureModels, hashOutputs, seedInputs } from '../models.ts';

/** Hashes of the outputs of inputs with seed 1, the same on every Node, chip, kernel and number of threads. */
const KEPT = [
  { what: 'fixtures', models: fixtureModels, file: join(import.meta.dirname, '../fixtures/expected.json') },
  { what: 'real models', models: realModels, file: join(import.meta.dirname, 'real-models.json') },
];
const remake = process.env['HALFBYTE_GOLDEN'] === '1';
const full = process.env['HALFBYTE_VERIFY'] === 'full';
const seeds = full ? [1, 2, 3, 4, 5, 6, 7, 8] : [1, 2];
const kernels = supportsModule('relaxed') ? (['baseline', 'relaxed'] as const) : (['baseline'] as const);
const variants = kernels.flatMap((kernel) => DOT_VARIANTS.map((dot) => ({ kernel, dot }))).filter(isExact);

/** Whether this engine on this processor runs the dot product without saturation. */
function isExact({ kernel, dot }: { kernel: KernelModule; dot: DotVariant }): boolean {
  try {
    return dot !== 'rd' || (kernel === 'relaxed' && chooseKernels(kernel, dot).dot === dot);
  } catch (error) {
    if (error instanceof DeviceError && error.code === 'relaxed-dot-inexact') return false;
    throw error;
  }
}

/** The first and the last run with every number of threads; in the full cross all do. */
function isThreaded(variant: (typeof variants)[number]): boolean {
  return full || variant === variants[0] || variant === variants.at(-1);
}

async function hashes(path: string, options: Parameters<typeof Model.load>[1], sync: boolean): Promise<string[]> {
  await using model = await Model.load(path, { ...options, parallelCost: 0 });
  const results: string[] = [];
  for (const seed of seeds) {
    seedInputs(model, seed);
    results.push(hashOutputs(sync ? model.runSync().outputs : (await model.run()).outputs));
  }
  return results;
}

describe.each([...fixtureModels, ...realModels])('$name gives the same bits', ({ path }) => {
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

describe.each(KEPT.filter(({ models }) => models.length > 0))('$what', ({ models, file }) => {
  const expected: Record<string, string> = remake ? {} : JSON.parse(readFileSync(file, 'utf8'));

  it.each(models)('$name gives the hash kept', async ({ name, path }) => {
    await using model = await Model.load(path, { threads: 1 });
    seedInputs(model, 1);
    const hash = hashOutputs(model.runSync().outputs);
    if (remake) {
      expected[name] = hash;
      writeFileSync(file, `${JSON.stringify(expected, undefined, 1)}\n`);
    }
    expect(expected[name]).toBe(hash);
  });
});
