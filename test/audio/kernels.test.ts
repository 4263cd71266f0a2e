import { describe, expect, test } from 'vitest';
import { log } from '../../sdk/core/math.ts';
import { parseFeatureOptions, type FeatureOptions } from '../../sdk/audio/feature-options.ts';
import { cepstrumPlan, melPlan } from '../../sdk/audio/feature-plan.ts';
import { referenceFeatures } from '../../sdk/audio/reference.ts';
import { dctTable, dctWeight, logTable } from '../../sdk/audio/spectrum-tables.ts';
import type { PlanStep } from '../../sdk/plan/types.ts';
import { machineOf, modules, type Field } from '../kernels/harness.ts';
import { noise } from './sounds.ts';

const reference = machineOf('baseline');

/** Fields of the step of a plan that are numbers or constants. */
function fieldsOf(step: PlanStep, constants: readonly { data?: Uint8Array }[]): Record<string, Field> {
  const fields: Record<string, Field> = {};
  for (const [name, field] of Object.entries(step.fields)) {
    if (typeof field === 'number' || 'splat' in field) fields[name] = field;
    else if ('constant' in field) fields[name] = { bytes: constants[field.constant]!.data! };
  }
  return fields;
}

const SETTINGS: Readonly<Record<string, FeatureOptions>> = {
  'MLPerf Tiny': {},
  'odd window, bands to half the rate': { frameLength: 33, frameStep: 10, fftLength: 64, melBins: 7, upperEdgeHertz: 8000, coefficients: 5 },
  'the least transform': { frameLength: 3, frameStep: 2, fftLength: 4, melBins: 1, lowerEdgeHertz: 3000, upperEdgeHertz: 8000, coefficients: 1 },
  'window as long as the transform': { frameLength: 1024, frameStep: 1024, fftLength: 1024, melBins: 80, upperEdgeHertz: 8000, coefficients: 3 },
};

describe.each(modules)('mel_f32, %s module', (name) => {
  test.each(Object.entries(SETTINGS))('%s: every split gives the same bits, equal to the reference', (_, options) => {
    const settings = parseFeatureOptions({ ...options, type: 'log-mel', normalize: 'none' }, 'test');
    const frames = 5;
    const samples = noise((frames - 1) * settings.frameStep + settings.frameLength, 3);
    const plan = melPlan(settings);
    const call = {
      kernel: 'mel_f32', params: 'MelParams', outputBytes: 4 * frames * settings.melBins, scratchBytes: plan.steps[0]!.scratch, units: frames,
      fields: { ...fieldsOf(plan.steps[0]!, plan.constants), INPUT: { bytes: samples }, OUTPUT: 'output' as const },
    } as const;
    const output = machineOf(name).run(call);
    expect(machineOf(name).run(call, [1, 2, 4])).toEqual(output);
    expect(reference.run(call)).toEqual(output);
    const logs = referenceFeatures(samples, settings);
    new Float32Array(output.buffer).forEach((mel, at) => expect(log(mel + settings.logOffset)).toBeCloseTo(logs[at]!, 5));
  });
});

describe.each(modules)('log_f32, %s module', (name) => {
  const values = [1, 2, 0.5, 0.70710677, 0.7071068, 1.4142135, 1e-30, 1e30, 3.4e38, 1.17e-38, 0.99999994, 1.0000001, 123.456];
  const call = (input: Float32Array, gain: number, offset: number, block: number, inPlaceOf?: string) => ({
    kernel: 'log_f32', params: 'LogParams', outputBytes: input.byteLength, scratchBytes: 0, units: Math.ceil(input.length / block),
    fields: {
      INPUT: { bytes: input }, OUTPUT: 'output', GAIN: { bytes: Float32Array.of(gain) }, TABLE: { bytes: logTable() },
      COUNT: input.length, BLOCK: block, OFFSET: { splat: 'f32', value: offset },
    },
    ...(inPlaceOf !== undefined && { inPlaceOf }),
  } as const);

  test('is the nearest float32 but for rounding', () => {
    const output = new Float32Array(machineOf(name).run(call(Float32Array.from(values), 1, 0, 4)).buffer);
    values.forEach((value, at) => {
      const expected = log(Math.fround(value));
      expect(Math.abs(output[at]! - expected), `ln ${value}`).toBeLessThanOrEqual(Math.abs(expected) * 2 ** -24 + 1e-14);
    });
  });

  test('every count and split, and in place', () => {
    for (let count = 1; count <= 9; count++) {
      const input = noise(count, count).map((sample) => sample + 1.5);
      const expected = Float32Array.from(input, (value) => log(value * 0.25 + Math.fround(1e-3)));
      for (const block of [2, 4]) {
        expect(new Float32Array(machineOf(name).run(call(input, 0.25, 1e-3, block), [1]).buffer)).toEqual(expected);
        expect(new Float32Array(machineOf(name).run(call(input, 0.25, 1e-3, block, 'INPUT'), [1]).buffer)).toEqual(expected);
      }
    }
  });
});

describe.each(modules)('dct_f32, %s module', (name) => {
  test.each([[1, 1], [2, 2], [40, 10], [13, 13], [7, 3]])('%i bins, %i coefficients', (melBins, coefficients) => {
    const settings = parseFeatureOptions({ melBins, coefficients }, 'test');
    const rows = 3;
    const input = noise(rows * melBins, 9).map((sample) => sample * 20);
    const call = {
      kernel: 'dct_f32', params: 'DctParams', outputBytes: 4 * rows * coefficients, scratchBytes: 0, units: rows,
      fields: { INPUT: { bytes: input }, OUTPUT: 'output', TABLE: { bytes: dctTable(settings) }, BINS: melBins, COEFFICIENTS: coefficients },
    } as const;
    const expected = Float32Array.from({ length: rows * coefficients }, (_, at) => {
      let sum = 0;
      const row = Math.floor(at / coefficients) * melBins;
      for (let band = 0; band < melBins; band++) sum += input[row + band]! * dctWeight(band, at % coefficients, melBins);
      return sum;
    });
    expect(new Float32Array(machineOf(name).run(call, [1]).buffer)).toEqual(expected);
  });
});

test('feature plans lay their buffers out apart', () => {
  for (const type of ['mfcc', 'log-mel'] as const) {
    const { buffers, arenaBytes } = cepstrumPlan(parseFeatureOptions({ type }, 'test'), 49);
    const ends = buffers.map(({ offset, bytes }) => offset + bytes + 16);
    buffers.slice(1).forEach(({ offset }, at) => expect(offset).toBeGreaterThanOrEqual(ends[at]!));
    expect(arenaBytes).toBeGreaterThanOrEqual(Math.max(...ends));
  }
});
