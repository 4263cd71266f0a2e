import { join } from 'node:path';
import type { Quantity } from '../../sdk/power/types.ts';
import { isRaspberryPi } from '../device-tree.ts';
import { fileProbe, openProbes } from './probe.ts';
import { listNames } from './text-file.ts';
import type { Clock, SensorKind } from './types.ts';

const quantities: readonly Quantity[] = ['clock', 'clock-limit'];
const FOLDER = 'sys/devices/system/cpu/cpufreq';

/** On Raspberry Pis the clock read back is the one asked for, whatever the firmware does (raspberrypi/linux#2986). */
const RASPBERRY_PI_TRUST = 0.1;

/** Clock and its present upper limit for each policy (cpufreq sysfs: kHz). */
export const cpufreq: SensorKind = Object.freeze({
  name: 'cpufreq',
  quantities,
  period: 5,
  open: (root: string, clock: Clock) => openProbes('cpufreq', quantities, clock, () => {
    const lying = isRaspberryPi(root);
    return listNames(join(root, FOLDER), /^policy\d+$/).flatMap((policy) => {
      const probe = (file: string, quantity: Quantity, trust: number) => fileProbe(
        join(root, FOLDER, policy, file), `/${FOLDER}/${policy}/${file}`, quantity, 'hertz', 1e-3, lying ? RASPBERRY_PI_TRUST : trust,
      );
      return [...probe('scaling_cur_freq', 'clock', 0.7), ...probe('scaling_max_freq', 'clock-limit', 0.8)];
    });
  }, () => (listNames(join(root, FOLDER), /^policy\d+$/).length > 0 ? [] : [{
    what: 'processor clocks', why: `/${FOLDER} has no policy`, how: 'nothing to do: some boards run at a fixed clock; measured latency shows the true speed',
  }])),
});
