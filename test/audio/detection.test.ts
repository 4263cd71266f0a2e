import { describe, expect, test } from 'vitest';
import { DetectionFilter, type DetectionRules } from '../../sdk/audio/detection.ts';

const RULES: DetectionRules = { smoothing: 3, threshold: 0.6, refractory: 10, sampleRate: 10, keywords: [0, 1] };

/** What a filter decides on rows of scores, ten a second. */
function decisions(rows: readonly (readonly number[])[], rules = RULES): (string | undefined)[] {
  const filter = new DetectionFilter(rules);
  return rows.map((row, at) => {
    const found = filter.decide(Float64Array.from(row), at);
    return found && `${found.index} ${found.score.toFixed(2)} at ${found.seconds}`;
  });
}

const none = [0, 0, 1];
const first = [0.9, 0, 0.1];
const second = [0, 0.9, 0.1];

describe('DetectionFilter', () => {
  test('a keyword is reported once its average reaches the threshold', () => {
    expect(decisions([none, none, none, first, first, first])).toEqual([undefined, undefined, undefined, undefined, '0 0.60 at 0.4', undefined]);
  });

  test('a single result is smoothed away', () => {
    expect(decisions([none, none, first, none, none, second, none]).filter(Boolean)).toEqual([]);
  });

  test('nothing is decided before there are enough results', () => {
    expect(decisions([first, first, first])).toEqual([undefined, undefined, '0 0.90 at 0.2']);
  });

  test('in the refractory time there is no other keyword, after it there is', () => {
    const rows = [...Array.from({ length: 6 }, () => first), ...Array.from({ length: 10 }, () => second)];
    expect(decisions(rows).filter(Boolean)).toEqual(['0 0.90 at 0.2', '1 0.90 at 1.2']);
  });

  test('classes that are no keywords are never reported, and win over keywords', () => {
    expect(decisions([[0.3, 0.1, 0.9], [0.3, 0.1, 0.9], [0.3, 0.1, 0.9]], { ...RULES, threshold: 0.2 }).filter(Boolean)).toEqual([]);
  });

  test('the refractory time ends on the sample, whenever it began', () => {
    const filter = new DetectionFilter({ ...RULES, smoothing: 1, sampleRate: 16_000, refractory: 19_200 });
    const found = Array.from({ length: 2000 }, (_, at) => filter.decide(Float64Array.from(first), 1600 * at)).filter(Boolean);
    expect(found.map((detection, at) => Math.round(16_000 * detection!.seconds) - 19_200 * at)).toEqual(new Array(167).fill(0));
  });

  test('results that are no numbers are no keywords', () => {
    expect(decisions([[NaN, 0, 0], [NaN, 0, 0], [NaN, NaN, NaN]], { ...RULES, smoothing: 1 }).filter(Boolean)).toEqual([]);
  });

  test('a reset needs new results, and keeps the refractory time', () => {
    const filter = new DetectionFilter({ ...RULES, smoothing: 2 });
    const decide = (samples: number): number | undefined => filter.decide(Float64Array.from(first), samples)?.seconds;
    expect([decide(0), decide(1)]).toEqual([undefined, 0.1]);
    filter.reset();
    expect([decide(10), decide(10), decide(11)]).toEqual([undefined, undefined, 1.1]);
  });
});
