import { describe, expect, test } from 'vitest';
import { comparisons } from './compare.ts';
import { partsOf } from './parts.ts';
import { peers } from './peers/index.ts';
import type { Measurement, Outcome } from './peers/types.ts';
import { chart } from './report/chart.ts';
import { formatReport } from './report/tables.ts';
import { agrees, resultRows, type Sample } from './results.ts';

const profile = {
  kernel: 'baseline', dot: 'd16', peakGmacs: 10,
  steps: [
    { node: 'a', kernel: 'gemm_qs8_qc8w_d16', macs: 4e6, ms: 0.5, sizes: { ROWS: 49, DEPTH: 32 } },
    { node: 'b', kernel: 'conv2d_qs8_qc8w_d16', macs: 3e6, ms: 0.5, sizes: { ROWS: 196, DEPTH: 144 } },
    { node: 'c', kernel: 'dwconv2d_qs8_qc8w_d16', macs: 1e6, ms: 0.25, sizes: { CHANNELS: 96, STRIDE_HEIGHT: 2, STRIDE_WIDTH: 2 } },
    { node: 'd', kernel: 'softmax_qs8', macs: 0, ms: 0.1, sizes: {} },
  ],
};

function measurement(medianMs: number, changes: Partial<Measurement> = {}): Outcome {
  return {
    measurement: {
      medianMs, minMs: medianMs / 2, p95Ms: medianMs * 2, cpuMs: medianMs, loadMs: 50, coldMs: 100, warmupMs: 10, runs: 9, rssBytes: 60e6,
      answer: [1, 9, 3],
      ...changes,
    },
  };
}

function sample(peer: string, round: number, outcome: Outcome): Sample {
  return { slot: { round, net: 'net', node: 20, threads: 1, peer: peers.find(({ id }) => id === peer)! }, outcome };
}

const samples = [
  sample('halfbyte', 0, measurement(0.5)), sample('halfbyte', 1, measurement(0.4, { profile })), sample('halfbyte', 2, measurement(0.1)),
  sample('halfbyte-run', 0, measurement(0.6)),
  sample('litert-compat', 0, measurement(1, { answer: [1, 20, 3] })),
  sample('tfjs', 0, { error: { code: 'rejected', message: 'no' } }),
  sample('ort-web-u8s8', 0, measurement(2, { answer: [9, 1, 3] })),
  sample('ort-node-u8s8', 0, measurement(0.1, { answer: [0, 8, 1] })),
];
const rows = resultRows(samples, new Map([['net', 8e6]]));

describe('bench results', () => {
  test('medians over the rounds, with the profile of the round in the middle', () => {
    expect(rows[0]).toMatchObject({ peer: 'halfbyte', values: { medianMs: 0.4, minMs: 0.05, gmacs: 20, rounds: [{ medianMs: 0.5, coldMs: 100 }, { medianMs: 0.4 }, { medianMs: 0.1 }], profile } });
  });

  test('an engine that failed is a row with its error', () => {
    expect(rows.find(({ peer }) => peer === 'tfjs')).toMatchObject({ error: { code: 'rejected' } });
  });

  test('answers are compared with TFLite, near ties allowed', () => {
    expect(rows.map(({ peer, values }) => [peer, values?.sameTop])).toContainEqual(['ort-web-u8s8', false]);
    expect(rows.map(({ peer, values }) => [peer, values?.sameTop])).toContainEqual(['ort-node-u8s8', true]);
    expect(agrees([5, 1, 0], [98, 100, 2])).toBe(true);
    expect(agrees([5, 1, 0], [97, 100, 2])).toBe(false);
    expect(agrees([5, 1, 0], [0.05, 0.9, 0.05])).toBe(false);
    expect(agrees([1], [1, 2])).toBe(false);
  });

  test('fast nets are judged by runSync, against the fastest WASM engine and no native one', () => {
    expect(comparisons(rows)).toEqual([
      { net: 'net', node: 20, threads: 1, ownMs: 0.4, fastest: 'LiteRT.js compat', fastestMs: 1, ratio: 2, coldRatio: 1 },
    ]);
    const slow = resultRows([
      sample('halfbyte', 0, measurement(4)), sample('halfbyte-run', 0, measurement(5)), sample('tfjs', 0, measurement(10)),
    ], new Map());
    expect(comparisons(slow)[0]).toMatchObject({ ownMs: 5, ratio: 2 });
  });

  test('ratios are medians of the rounds, whatever the speed of the machine in each', () => {
    const speeds = [1, 3, 1.5];
    const rounds = speeds.flatMap((speed, round) => [
      sample('halfbyte-run', round, measurement(5 * speed, { coldMs: 100 * speed })),
      sample('tfjs', round, measurement((round === 1 ? 9 : 10) * speed, { coldMs: (round === 2 ? 250 : 200) * speed })),
      sample('litert-compat', round, measurement(20, { coldMs: 900 })),
    ]);
    expect(comparisons(resultRows(rounds, new Map()))).toMatchObject([{ ownMs: 7.5, fastest: 'tfjs-tflite', fastestMs: 15, ratio: 2, coldRatio: 2 }]);
  });

  test('parts of a profiled run', () => {
    expect(partsOf(profile).map(({ part, steps, macs, peakPercent }) => [part.trim(), steps, macs, peakPercent])).toEqual([
      ['GEMM', 2, 7e6, 70], ['K >= 144, M >= 196', 1, 3e6, 60], ['M = 49', 1, 4e6, 80], ['K = 32', 1, 4e6, 80],
      ['depthwise', 1, 1e6, 40], ['rest', 1, 0, 0],
    ]);
  });

  test('tables have every engine, the ratio, the parts and what was not measured', () => {
    const text = formatReport(rows);
    expect(text).toMatch(/^Node 20, 1 core: median ms/);
    expect(text).toMatch(/^net +0\.400 +0\.600 +1\.00 +rejected +2\.00! +0\.100 +2\.00x$/m);
    expect(text).toMatch(/^ +depthwise +0\.250 +4\.0 +40 %/m);
    expect(text).toMatch(/^- net: rejected: no \(tfjs-tflite\)$/m);
  });

  test('the chart is an SVG picture with a bar for each engine that ran', () => {
    const svg = chart(rows, 'cpu <x> & y');
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" width="\d+" height="\d+"/);
    expect(svg).toContain('cpu &lt;x&gt; &amp; y');
    expect(svg.match(/<text[^>]*text-anchor="end"/g)).toHaveLength(rows.length - 1);
    expect(svg).not.toContain('NaN');
    expect(svg.match(/<g/g)!.length).toBe(svg.match(/<\/g>/g)!.length);
  });
});
