import { beagleBoneAi64 } from './beaglebone-ai-64.ts';
import { cm4 } from './cm4.ts';
import { cm5 } from './cm5.ts';
import { genericLinux } from './generic-linux.ts';
import { orangePiZero3 } from './orange-pi-zero-3.ts';
import { pi3BPlus } from './pi-3b-plus.ts';
import { pi4B } from './pi-4b.ts';
import { pi5 } from './pi-5.ts';
import { piZero2W } from './pi-zero-2-w.ts';
import { radxaZero3W } from './radxa-zero-3w.ts';
import type { Board } from './types.ts';

/** Every known board; the first that matches counts, the last matches all. */
export const boards: readonly Board[] = Object.freeze([
  piZero2W,
  pi3BPlus,
  pi4B,
  cm4,
  pi5,
  cm5,
  orangePiZero3,
  radxaZero3W,
  beagleBoneAi64,
  genericLinux,
]);
