import { join } from 'node:path';
import type { Quantity } from '../../sdk/power/types.ts';
import { openProbes, sample } from './probe.ts';
import { listNames, loadedNumber, readText, TextFile } from './text-file.ts';
import type { Clock, SensorKind } from './types.ts';

const quantities: readonly Quantity[] = ['throttled'];
const FOLDER = 'sys/class/thermal';

/** Whether the kernel holds the processor's clock down because of heat: any state above 0 of a cpufreq cooling device (thermal sysfs). */
export const coolingDevices: SensorKind = Object.freeze({
  name: 'cooling-devices',
  quantities,
  period: 0.5,
  open: (root: string, clock: Clock) => openProbes('cooling-devices', quantities, clock, () => listNames(join(root, FOLDER), /^cooling_device\d+$/).flatMap((device) => {
    const type = readText(join(root, FOLDER, device, 'type'));
    const state = type?.includes('cpufreq') ? TextFile.open(join(root, FOLDER, device, 'cur_state')) : undefined;
    if (state === undefined) return [];
    const throttled = sample('throttled', 'flag', `/${FOLDER}/${device}/cur_state (${type})`, 0.9);
    return [{
      path: state.path,
      poll: (_now, to) => {
        const readable = state.load();
        const level = readable ? loadedNumber() : NaN;
        to.put(throttled, level >= 0 ? Math.min(1, level) : NaN);
        return readable;
      },
      close: () => state.close(),
    }];
  })),
});
