import { Abi } from '../../kernels/abi.ts';
import type { Plan, PlanConstant, PlanPort, PlanStep } from '../plan/types.ts';
import { featuresPerFrame, type FeatureSettings } from './feature-options.ts';
import { dctTable, logTable, melBands, twiddleTable, windowTable } from './spectrum-tables.ts';

/** Elements of a block of logarithms. */
const LOG_BLOCK = 1024;
const ALIGNMENT = 64;

function constant(name: string, table: Float64Array | Int32Array | Uint8Array): PlanConstant {
  const data = new Uint8Array(table.buffer, table.byteOffset, table.byteLength);
  return { name, bytes: data.length, layout: { kind: 'raw' }, data };
}

interface Buffer {
  readonly name: string;
  readonly shape: readonly number[];
}

/** A plan whose buffers, all f32 and alive all the time, lie one after another; the first `inputs` are the inputs, the last is the output. */
function planOf(buffers: readonly Buffer[], inputs: number, constants: readonly PlanConstant[], steps: readonly PlanStep[]): Plan {
  let end = 0;
  const placed = buffers.map(({ name, shape }) => {
    const bytes = 4 * shape.reduce((product, extent) => product * extent, 1);
    const offset = end;
    end = Math.ceil((offset + bytes + 16) / ALIGNMENT) * ALIGNMENT;
    return { name, bytes, offset, live: [-1, steps.length] as const };
  });
  const ports = buffers.map(({ name, shape }, buffer): PlanPort => ({ name, shape, dtype: 'float32', buffer }));
  return {
    abi: Abi.VERSION, buffers: placed, constants, steps, bands: [], inputs: ports.slice(0, inputs), outputs: ports.slice(-1),
    arenaBytes: end, arenaLowerBound: end,
  };
}

/** Input `samples` [frameLength] -> output `mel` [melBins], magnitudes of one frame. */
export function melPlan(settings: FeatureSettings): Plan {
  const { frameLength, frameStep, fftLength, melBins } = settings;
  const bands = melBands(settings);
  const weights = Float64Array.from(bands.flatMap((band) => band.weights));
  const ranges = Int32Array.from(bands.flatMap((band) => [band.first, band.weights.length]));
  const lastBin = bands.reduce((last, band) => Math.max(last, band.first + band.weights.length - 1), 0);
  return planOf(
    [{ name: 'samples', shape: [frameLength] }, { name: 'mel', shape: [melBins] }],
    1,
    [
      constant('window', windowTable(settings)), constant('twiddles', twiddleTable(settings)),
      constant('bands', ranges), constant('weights', weights),
    ],
    [{
      kernel: 'mel_f32', node: 'mel', op: 'Mel', params: 'MelParams', units: 1, scratch: 16 * fftLength, macs: weights.length,
      fields: {
        INPUT: { buffer: 0 }, OUTPUT: { buffer: 1 },
        WINDOW: { constant: 0 }, TWIDDLES: { constant: 1 }, BANDS: { constant: 2 }, WEIGHTS: { constant: 3 },
        FRAME_LENGTH: frameLength, FRAME_STEP: frameStep, FFT_LENGTH: fftLength, LAST_BIN: lastBin, MEL_BINS: melBins,
      },
    }],
  );
}

/** Inputs `mel` [frames, melBins] and `gain` [1] -> output `features` [frames, features of a frame]. */
export function cepstrumPlan(settings: FeatureSettings, frames: number): Plan {
  const { melBins, coefficients, type, logOffset } = settings;
  const count = frames * melBins;
  const log: PlanStep = {
    kernel: 'log_f32', node: 'log', op: 'Log', params: 'LogParams', units: Math.ceil(count / LOG_BLOCK), scratch: 0, macs: 0,
    fields: {
      INPUT: { buffer: 0 }, OUTPUT: { buffer: 2 }, GAIN: { buffer: 1 }, TABLE: { constant: 0 }, COUNT: count, BLOCK: LOG_BLOCK,
      OFFSET: { splat: 'f32', value: logOffset },
    },
  };
  const dct: PlanStep = {
    kernel: 'dct_f32', node: 'dct', op: 'Dct', params: 'DctParams', units: frames, scratch: 0, macs: count * coefficients,
    fields: { INPUT: { buffer: 2 }, OUTPUT: { buffer: 3 }, TABLE: { constant: 1 }, BINS: melBins, COEFFICIENTS: coefficients },
  };
  const [mel, gain] = [{ name: 'mel', shape: [frames, melBins] }, { name: 'gain', shape: [1] }];
  const features = { name: 'features', shape: [frames, featuresPerFrame(settings)] };
  const table = constant('logarithm', logTable());
  return type === 'log-mel'
    ? planOf([mel, gain, features], 2, [table], [log])
    : planOf([mel, gain, { ...mel, name: 'log' }, features], 2, [table, constant('cosines', dctTable(settings))], [log, dct]);
}
