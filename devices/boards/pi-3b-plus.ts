import { assumed, gibibytes, hundreds, measured, raspberryPi } from './parameters.ts';
import type { Board } from './types.ts';

export const pi3BPlus: Board = Object.freeze({
  name: 'Raspberry Pi 3B+',
  matches: raspberryPi(/^3 Model B Plus$/, /^raspberrypi,3-model-b-plus$/),
  processor: '4x Cortex-A53',
  cores: 4,
  dotprod: false,
  clocks: assumed(hundreds(600, 1400), 'highest: sbc-bench results; the steps below as on Pi 4B'),
  memory: gibibytes(1),
  bandwidth: measured(1050e6, 'sbc-bench results, memcpy, lowest'),
  power: measured({ idle: 3.1, core: 0.625 }, 'sbc-reviews 16: 3.1 W idle, 5.6 W on all cores, at the wall'),
  // Above its soft limit of 60 C the firmware lowers the clock from 1.4 to 1.2 GHz.
  thermal: assumed(
    { poles: [{ resistance: 8, seconds: 110 }, { resistance: 3, seconds: 900 }], limit: 60 },
    'limit: temp_soft_limit of the Raspberry Pi documentation; poles: as Pi 4B bare, not measured',
  ),
});
