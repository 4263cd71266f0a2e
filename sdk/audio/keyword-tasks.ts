import { sameShape } from '../core/shape.ts';
import type { Port } from '../runtime/types.ts';
import type { FeatureOptions } from './feature-options.ts';

/** A published keyword task: models for it are known by the shape of their input. */
export interface KeywordTask {
  readonly name: string;
  /** Frames and features of a frame; models add axes of extent 1. */
  readonly shape: readonly [frames: number, size: number];
  readonly features: FeatureOptions;
  readonly labels: readonly string[];
  /** Labels that are no keyword. */
  readonly background: readonly string[];
}

export const keywordTasks: readonly KeywordTask[] = Object.freeze([
  {
    // MLPerf Tiny, keyword spotting on Speech Commands v2.
    name: 'mlperf-tiny-kws',
    shape: [49, 10] as const,
    features: {
      type: 'mfcc', sampleRate: 16_000, frameLength: 480, frameStep: 320, fftLength: 512, melBins: 40,
      lowerEdgeHertz: 20, upperEdgeHertz: 4000, logOffset: 1e-6, coefficients: 10, normalize: 'peak',
    } as const,
    labels: ['Down', 'Go', 'Left', 'No', 'Off', 'On', 'Right', 'Stop', 'Up', 'Yes', 'Silence', 'Unknown'],
    background: ['Silence', 'Unknown'],
  },
]);

/** The task whose features a model input takes, if it is known. */
export function keywordTaskOf({ shape }: Pick<Port, 'shape'>): KeywordTask | undefined {
  const extents = shape.filter((extent) => extent !== 1);
  return keywordTasks.find((task) => sameShape(task.shape, extents));
}
