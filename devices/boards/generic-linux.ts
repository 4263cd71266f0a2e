import { availableParallelism, totalmem } from 'node:os';
import { assumed } from './parameters.ts';
import type { Board } from './types.ts';

/** Any other machine: careful values until calibration. */
export const genericLinux: Board = Object.freeze({
  name: 'generic Linux',
  matches: () => true,
  processor: 'unknown',
  cores: availableParallelism(),
  dotprod: false,
  clocks: assumed([], 'unknown'),
  memory: [totalmem()],
  bandwidth: assumed(1000e6, 'not measured; below all known boards'),
  power: assumed({ idle: 3, core: 1 }, 'not measured; a board of the size of a Pi 4B'),
  thermal: assumed({ poles: [{ resistance: 8, seconds: 110 }, { resistance: 3, seconds: 900 }], limit: 75 }, 'not measured; a bare board of the size of a Pi 4B'),
});
