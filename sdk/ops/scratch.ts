// Bytes of per-worker scratch, as stated at the params enums of the kernel ABI.

import { roundUp } from './partition.ts';
import type { Window } from './window.ts';

export function gemmScratch(blockRows: number, depth: number): number {
  return 2 * blockRows * (roundUp(depth, 16) + 4) + 256;
}

export function dwconvScratch({ height, width }: Window, channels: number): number {
  return width.input * channels + 16 * width.output + 4 * height.kernel * width.kernel + 256;
}

export function gemmF32Scratch(blockRows: number): number {
  return 32 * blockRows;
}

export function convF32Scratch(blockRows: number, depth: number): number {
  return 4 * blockRows * (depth + 8) + 16;
}

/** The vector in which kernels finish elements that do not fill one. */
export const TAIL_SCRATCH = 16;
