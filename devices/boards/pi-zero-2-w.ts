import { gibibytes, hundreds, measured, raspberryPi } from './parameters.ts';
import type { Board } from './types.ts';

export const piZero2W: Board = Object.freeze({
  name: 'Raspberry Pi Zero 2 W',
  matches: raspberryPi(/^Zero 2 W$/, /^raspberrypi,model-zero-2-w$/),
  processor: '4x Cortex-A53',
  cores: 4,
  dotprod: false,
  clocks: measured(hundreds(600, 1000), 'sbc-bench results'),
  memory: gibibytes(0.5),
  bandwidth: measured(1300e6, 'sbc-bench results, memcpy'),
  power: measured({ idle: 0.6, core: 0.43 }, 'idle: CNX Software, December 2021, Otii Arc; core: +270 mA under load (andrejacobs.org) over 4 cores'),
  thermal: measured(
    { poles: [{ resistance: 26, seconds: 180 }, { resistance: 4, seconds: 1500 }], limit: 80 },
    'official case, fitted to within 2.5 K of scruss.com, November 2021: 80 C after 3.5 min on 4 cores and 7 min on 3; 2 cores 70 C after 40 min, 73 C after 200 min',
  ),
});
