import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Model } from '../../sdk/model.ts';
import { assets } from '../assets.ts';
import { accuracy, anomalyAuc, CLASSIFICATIONS, FLOAT_CLASSIFICATIONS } from './mlperf-tiny.ts';

/** Right answers on the shown halves: TFLite's with double rounding, and how far ours may be from them. */
const TFLITE: Readonly<Record<string, { correct: number; within: number }>> = {
  vww01: { correct: 417, within: 3 },
  ic01: { correct: 83, within: 2 },
  kws01: { correct: 452, within: 2 },
};
/** TFLite's with single and double rounding are 0.858 and 0.862. */
const [AUC_LEAST, AUC_MOST] = [0.855, 0.867];

/** What TFLite's float models reach on the shown halves, within one sample. */
const FLOAT_BARS: Readonly<Record<string, number>> = { vww01: 415, ic01: 81, kws01: 450 };
const FLOAT_AUC_BAR = 0.911;

describe.skipIf(assets === undefined)('accuracy on the shown MLPerf Tiny halves', () => {
  it.each(CLASSIFICATIONS)('$name is as good as TFLite', async (set) => {
    await using model = await Model.load(join(assets!, 'models', set.file), { threads: 1 });
    const { correct, total } = await accuracy(model, join(assets!, 'mlperf-tiny', set.name), set, 'kernels');
    expect(total).toBeGreaterThanOrEqual(100);
    expect(Math.abs(correct - TFLITE[set.name]!.correct)).toBeLessThanOrEqual(TFLITE[set.name]!.within);
  });

  it('ad01 is as good as TFLite', async () => {
    await using model = await Model.load(join(assets!, 'models/ad01_int8.tflite'), { threads: 1 });
    const { auc, files } = await anomalyAuc(model, join(assets!, 'mlperf-tiny/ad01'), 'kernels');
    expect(files).toBe(124);
    expect(auc).toBeGreaterThanOrEqual(AUC_LEAST);
    expect(auc).toBeLessThanOrEqual(AUC_MOST);
  });

  it.each(FLOAT_CLASSIFICATIONS)('$name is as good as TFLite on float32', async (set) => {
    await using model = await Model.load(join(assets!, 'models', set.file), { threads: 1 });
    const { correct } = await accuracy(model, join(assets!, 'mlperf-tiny', set.name), set, 'kernels');
    expect(correct).toBeGreaterThanOrEqual(FLOAT_BARS[set.name]!);
  });

  it('ad01 is as good as TFLite on float32', async () => {
    await using model = await Model.load(join(assets!, 'models/ad01_float.tflite'), { threads: 1 });
    expect((await anomalyAuc(model, join(assets!, 'mlperf-tiny/ad01'), 'kernels')).auc).toBeGreaterThanOrEqual(FLOAT_AUC_BAR);
  });
});
