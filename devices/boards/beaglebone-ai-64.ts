import { assumed, gibibytes, measured, megahertz } from './parameters.ts';
import type { Board } from './types.ts';

export const beagleBoneAi64: Board = Object.freeze({
  name: 'BeagleBone AI-64',
  matches: (_model: string, compatible: readonly string[]) => compatible.includes('beagle,j721e-beagleboneai64'),
  processor: '2x Cortex-A72 (TI TDA4VM)',
  cores: 2,
  dotprod: false,
  clocks: measured(megahertz(2000), 'sbc-bench results: fixed, without cpufreq'),
  memory: gibibytes(4),
  bandwidth: measured(2660e6, 'sbc-bench results, memcpy'),
  power: assumed({ idle: 5, core: 1.2 }, 'not measured; 5 W or more'),
  thermal: assumed(
    { poles: [{ resistance: 5, seconds: 150 }, { resistance: 1, seconds: 1200 }], limit: 90 },
    'limit: the device tree has only a critical trip at 125 C and nothing slows this board down, 35 K kept below it; poles: not measured, heat sink as sold',
  ),
});
