import { assumed, gibibytes, hundreds, measured, raspberryPi } from './parameters.ts';
import type { Board } from './types.ts';

export const pi4B: Board = Object.freeze({
  name: 'Raspberry Pi 4B',
  matches: raspberryPi(/^4 Model B$/, /^raspberrypi,4-model-b$/),
  processor: '4x Cortex-A72',
  cores: 4,
  dotprod: false,
  clocks: measured(hundreds(600, 1800), 'sbc-bench results'),
  memory: gibibytes(1, 2, 4, 8),
  bandwidth: measured(2240e6, 'sbc-bench results, memcpy, lowest'),
  power: measured({ idle: 3, core: 0.75 }, 'Raspberry Pi documentation, power supplies: 0.6 A idle and 1.2 A under load at 5 V, with HDMI and USB'),
  thermal: assumed(
    { poles: [{ resistance: 8, seconds: 110 }, { resistance: 3, seconds: 900 }], limit: 80 },
    'limit: Raspberry Pi documentation, clocks step down from 80 C; poles: bare board, 10 to 12 K/W estimated, not measured',
  ),
});
