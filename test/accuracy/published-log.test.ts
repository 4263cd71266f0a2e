import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Model } from '../../sdk/model.ts';
import { assets } from '../assets.ts';
import { CLASSIFICATIONS } from './mlperf-tiny.ts';
import { PUBLISHED, reproduced } from './published-log.ts';

const SHARE = 0.99;
/** The scalar reference takes 0.1 s a picture: npm run verify takes every vector, and so does npm run evaluate -- tflite-single. */
const STRIDE = process.env['HALFBYTE_VERIFY'] === 'full' ? 1 : 3;
const LEAST_VECTORS = 499;

describe.skipIf(assets === undefined).each(CLASSIFICATIONS.filter(({ name }) => PUBLISHED.includes(name)))('the published $name log', (set) => {
  it.each([{ engine: 'tflite-single', stride: STRIDE }, { engine: 'kernels', stride: 1 }] as const)('is reproduced by $engine', async ({ engine, stride }) => {
    await using model = await Model.load(join(assets!, 'models', set.file), { threads: 1 });
    const { same, total } = await reproduced(model, join(assets!, 'mlperf-tiny', set.name), set, engine, stride);
    expect(total).toBeGreaterThanOrEqual(Math.floor(LEAST_VECTORS / stride));
    expect(same / total).toBeGreaterThanOrEqual(SHARE);
  }, 300_000);
});
