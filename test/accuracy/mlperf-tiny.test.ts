import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Model } from '../../sdk/model.ts';
import { assets } from '../assets.ts';
import { accuracy, anomalyAuc, CLASSIFICATIONS, FLOAT_CLASSIFICATIONS } from './mlperf-tiny.ts';

/** Least number of right answers on the shown halves. */
const BARS: Readonly<Record<string, number>> = { vww01: 414, ic01: 81, kws01: 450 };
const AUC_BAR = 0.855;

/** What TFLite's float models reach on the shown halves, within one sample. */
const FLOAT_BARS: Readonly<Record<string, number>> = { vww01: 415, ic01: 81, kws01: 450 };
const FLOAT_AUC_BAR = 0.911;

describe.skipIf(assets === undefined)('accuracy on the shown MLPerf Tiny halves', () => {
  it.each(CLASSIFICATIONS)('$name reaches its bar', async (set) => {
    await using model = await Model.load(join(assets!, 'models', set.file), { threads: 1 });
    const { correct, total } = await accuracy(model, join(assets!, 'mlperf-tiny', set.name), set, 'kernels');
    expect(total).toBeGreaterThanOrEqual(100);
    expect(correct).toBeGreaterThanOrEqual(BARS[set.name]!);
  });

  it('ad01 reaches its bar', async () => {
    await using model = await Model.load(join(assets!, 'models/ad01_int8.tflite'), { threads: 1 });
    const { auc, files } = await anomalyAuc(model, join(assets!, 'mlperf-tiny/ad01'), 'kernels');
    expect(files).toBe(124);
    expect(auc).toBeGreaterThanOrEqual(AUC_BAR);
  });

  it.each(FLOAT_CLASSIFICATIONS)('$name reaches its bar on float32', async (set) => {
    await using model = await Model.load(join(assets!, 'models', set.file), { threads: 1 });
    const { correct } = await accuracy(model, join(assets!, 'mlperf-tiny', set.name), set, 'kernels');
    expect(correct).toBeGreaterThanOrEqual(FLOAT_BARS[set.name]!);
  });

  it('ad01 reaches its bar on float32', async () => {
    await using model = await Model.load(join(assets!, 'models/ad01_float.tflite'), { threads: 1 });
    expect((await anomalyAuc(model, join(assets!, 'mlperf-tiny/ad01'), 'kernels')).auc).toBeGreaterThanOrEqual(FLOAT_AUC_BAR);
  });
});
