import { assumed, gibibytes, hundreds, measured, raspberryPi } from './parameters.ts';
import type { Board } from './types.ts';

export const cm5: Board = Object.freeze({
  name: 'Raspberry Pi Compute Module 5',
  matches: raspberryPi(/^Compute Module 5( Lite)?$/, /^raspberrypi,5-compute-module(-lite)?$/),
  processor: '4x Cortex-A76',
  cores: 4,
  dotprod: true,
  clocks: assumed(hundreds(1500, 2400), 'as Pi 5'),
  memory: gibibytes(2, 4, 8, 16),
  bandwidth: assumed(5270e6, 'as Pi 5'),
  power: measured({ idle: 2.4, core: 1.525 }, 'sbc-reviews 58: 2.4 W idle, 8.5 W on all cores'),
  thermal: assumed(
    { poles: [{ resistance: 8, seconds: 110 }, { resistance: 3, seconds: 900 }], limit: 80 },
    'limit: Raspberry Pi documentation; poles: a bare board, 10 to 12 K/W estimated, not measured; the carrier and the heat sink decide',
  ),
});
