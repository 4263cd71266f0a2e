import { assumed, gibibytes, measured, megahertz } from './parameters.ts';
import type { Board } from './types.ts';

export const orangePiZero3: Board = Object.freeze({
  name: 'Orange Pi Zero 3',
  matches: (model: string, compatible: readonly string[]) => compatible.some((name) => /^xunlong,orangepi-zero(3|2w)$/.test(name)) || /^Orange ?Pi Zero ?(3|2 ?W)$/i.test(model),
  processor: '4x Cortex-A53 (Allwinner H618)',
  cores: 4,
  dotprod: false,
  clocks: measured(megahertz(480, 600, 792, 1008, 1200, 1344, 1416, 1512), 'sbc-bench results'),
  memory: gibibytes(1, 1.5, 2, 4),
  bandwidth: measured(1510e6, 'sbc-bench results, memcpy'),
  power: assumed({ idle: 1.03, core: 0.34 }, 'sbc-reviews 33, Orange Pi Zero 2W with the same processor: 0.94 to 1.12 W idle, 2.40 W on all cores'),
  thermal: assumed(
    { poles: [{ resistance: 18, seconds: 150 }, { resistance: 4, seconds: 1200 }], limit: 80 },
    'critical trip at 100 C (sbc-bench), 20 K kept below it; poles: between Pi Zero 2 W and Pi 4B, not measured',
  ),
});
