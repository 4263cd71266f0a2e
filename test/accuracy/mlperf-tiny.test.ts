import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Model } from '../../sdk/model.ts';
import { assets } from '../assets.ts';
import { accuracy, anomalyAuc, CLASSIFICATIONS } from './mlperf-tiny.ts';

/** Least number of right answers on the shown halves. */
const BARS: Readonly<Record<string, number>> = { vww01: 414, ic01: 81, kws01: 450 };
const AUC_BAR = 0.855;

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
});
