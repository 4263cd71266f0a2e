import { join } from 'node:path';
import type { Quantity } from '../../sdk/power/types.ts';
import { openProbes, sample } from './probe.ts';
import { failureOf, loadedNumberAfter, TextFile } from './text-file.ts';
import type { Clock, SensorKind } from './types.ts';

const quantities: readonly Quantity[] = ['cpu-pressure'];
const PATH = 'proc/pressure/cpu';
const SOME = Buffer.from('some avg10=');

/** Share of the last 10 s in which something waited for a processor (pressure stall information). */
export const pressure: SensorKind = Object.freeze({
  name: 'pressure',
  quantities,
  period: 2,
  open: (root: string, clock: Clock) => openProbes('pressure', quantities, clock, () => {
    const file = TextFile.open(join(root, PATH));
    if (file === undefined) return [];
    const waiting = sample('cpu-pressure', 'ratio', `/${PATH}`, 0.8);
    return [{
      path: file.path,
      poll: (_now, to) => {
        const readable = file.load();
        if (readable) to.put(waiting, loadedNumberAfter(SOME) / 100);
        return readable;
      },
      close: () => file.close(),
    }];
  }, () => (failureOf(join(root, PATH)) === undefined ? [] : [{
    what: 'CPU pressure', why: 'this kernel has pressure stall information built out or switched off', how: 'add psi=1 to the kernel command line (Raspberry Pi: cmdline.txt)',
  }])),
});
