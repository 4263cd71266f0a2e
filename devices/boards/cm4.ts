import { assumed, gibibytes, hundreds, measured, raspberryPi } from './parameters.ts';
import type { Board } from './types.ts';

export const cm4: Board = Object.freeze({
  name: 'Raspberry Pi Compute Module 4',
  matches: raspberryPi(/^Compute Module 4S?$/, /^raspberrypi,4-compute-module(-s)?$/),
  processor: '4x Cortex-A72',
  cores: 4,
  dotprod: false,
  clocks: measured(hundreds(600, 1500), 'sbc-bench results'),
  memory: gibibytes(1, 2, 4, 8),
  bandwidth: assumed(2240e6, 'as Pi 4B'),
  power: measured({ idle: 2.5, core: 0.525 }, 'sbc-reviews 8: 2.5 W idle, 4.6 W on all cores'),
  thermal: assumed(
    { poles: [{ resistance: 8, seconds: 110 }, { resistance: 3, seconds: 900 }], limit: 80 },
    'limit: Raspberry Pi documentation; poles: as Pi 4B bare, not measured; the carrier and the heat sink decide',
  ),
});
