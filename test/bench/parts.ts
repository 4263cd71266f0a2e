import type { Profile, StepTime } from './peers/types.ts';

/** Steps of one kind in a profiled run. */
export interface Part {
  readonly part: string;
  readonly steps: number;
  readonly macs: number;
  readonly ms: number;
  readonly gmacs: number;
  /** Of the register-only loop. */
  readonly peakPercent: number;
}

function isGemm({ kernel }: StepTime): boolean {
  return kernel.startsWith('gemm_') || kernel.startsWith('conv2d_');
}

function isDepthwise({ kernel }: StepTime): boolean {
  return kernel.startsWith('dwconv2d_');
}

function size({ sizes }: StepTime, name: string): number {
  return sizes[name] ?? 0;
}

/** M, N, K are the rows, columns and depth of a matrix product. Indented kinds are part of the one above. */
const KINDS: readonly { readonly part: string; readonly includes: (step: StepTime) => boolean }[] = [
  { part: 'GEMM', includes: isGemm },
  { part: '  K >= 144, M >= 196', includes: (step) => isGemm(step) && size(step, 'DEPTH') >= 144 && size(step, 'ROWS') >= 196 },
  { part: '  M = 49', includes: (step) => isGemm(step) && size(step, 'ROWS') === 49 },
  { part: '  K = 32', includes: (step) => isGemm(step) && size(step, 'DEPTH') === 32 },
  { part: 'depthwise', includes: isDepthwise },
  {
    part: '  stride 1, C >= 96',
    includes: (step) => isDepthwise(step) && size(step, 'CHANNELS') >= 96 && size(step, 'STRIDE_HEIGHT') === 1 && size(step, 'STRIDE_WIDTH') === 1,
  },
  { part: 'rest', includes: (step) => !isGemm(step) && !isDepthwise(step) },
];

/** Time and speed of each kind of step that occurs. */
export function partsOf({ steps, peakGmacs }: Profile): Part[] {
  return KINDS.flatMap(({ part, includes }) => {
    const own = steps.filter(includes);
    if (own.length === 0) return [];
    const macs = own.reduce((sum, step) => sum + step.macs, 0);
    const ms = own.reduce((sum, step) => sum + step.ms, 0);
    const gmacs = ms === 0 ? 0 : macs / ms / 1e6;
    return [{ part, steps: own.length, macs, ms, gmacs, peakPercent: (100 * gmacs) / peakGmacs }];
  });
}
