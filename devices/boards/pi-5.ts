import { assumed, gibibytes, hundreds, measured, raspberryPi } from './parameters.ts';
import type { Board } from './types.ts';

export const pi5: Board = Object.freeze({
  name: 'Raspberry Pi 5',
  matches: raspberryPi(/^5 Model B$/, /^raspberrypi,5-model-b$/),
  processor: '4x Cortex-A76',
  cores: 4,
  dotprod: true,
  clocks: measured(hundreds(1500, 2400), 'sbc-bench results'),
  memory: gibibytes(1, 2, 4, 8, 16),
  bandwidth: measured(5270e6, 'sbc-bench results, memcpy, lowest'),
  power: measured({ idle: 2.4, core: 1.625, off: 1.8 }, '2 GB D0, Geerling: 2.4 W idle, 8.9 W on all cores, 1.8 W off; the real-time clock wakes it'),
  thermal: assumed(
    { poles: [{ resistance: 3.4, seconds: 60 }, { resistance: 1.2, seconds: 600 }], limit: 80 },
    'sum of the poles measured with the active cooler: 30 to 59 C at 8.9 W, 32 to 63 C (4.5 to 4.8 K/W); their split and times are not',
  ),
});
