import { assumed, gibibytes, measured, megahertz } from './parameters.ts';
import type { Board } from './types.ts';

export const radxaZero3W: Board = Object.freeze({
  name: 'Radxa Zero 3W',
  matches: (model: string, compatible: readonly string[]) => compatible.some((name) => /^radxa,zero-?3[we]?$/.test(name)) || /^Radxa ZERO ?3[WE]?$/i.test(model),
  processor: '4x Cortex-A55 (Rockchip RK3566)',
  cores: 4,
  dotprod: true,
  clocks: measured(megahertz(408, 600, 816, 1104, 1416, 1608), 'sbc-bench results: 408 to 1416 nominal, 1610 real; steps of the rk356x device tree'),
  memory: gibibytes(1, 2, 4, 8),
  bandwidth: measured(2400e6, 'sbc-bench results, memcpy'),
  power: assumed({ idle: 1.2, core: 0.6 }, 'not measured; a little above the 1 W and 3 W said of the Radxa Zero'),
  thermal: assumed(
    { poles: [{ resistance: 14, seconds: 150 }, { resistance: 4, seconds: 1200 }], limit: 70 },
    'limit: first passive trip of rk356x in the Linux device tree; poles: not measured',
  ),
});
