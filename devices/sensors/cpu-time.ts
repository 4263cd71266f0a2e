import type { Quantity } from '../../sdk/power/types.ts';
import { openProbes, sample } from './probe.ts';
import type { Clock, SensorKind } from './types.ts';

const quantities: readonly Quantity[] = ['cpu-time'];

/** Processor seconds that this process has used since it started, all threads together (getrusage; the root does not matter). */
export const cpuTime: SensorKind = Object.freeze({
  name: 'cpu-time',
  quantities,
  period: 0.5,
  open: (_root: string, clock: Clock) => {
    const seconds = sample('cpu-time', 'second', 'getrusage', 1);
    return openProbes('cpu-time', quantities, clock, () => [{
      path: seconds.source,
      poll: (_now, to) => {
        const { user, system } = process.cpuUsage();
        to.put(seconds, (user + system) * 1e-6);
        return true;
      },
      close: () => { /* nothing is open */ },
    }]);
  },
});
