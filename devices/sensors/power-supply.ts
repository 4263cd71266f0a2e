import { join } from 'node:path';
import type { Quantity, Reading } from '../../sdk/power/types.ts';
import { Batteries, Battery } from './battery.ts';
import { openProbes, Samples } from './probe.ts';
import type { Probe } from './probe.ts';
import { listNames, loadedNumber, readText, TextFile } from './text-file.ts';
import { Total } from './total.ts';
import type { Clock, OpenSensor, SensorKind } from './types.ts';

const quantities: readonly Quantity[] = ['battery-charge', 'battery-energy', 'battery-power', 'supply-voltage', 'mains-present'];
const FOLDER = 'sys/class/power_supply';

/** A supply that may be plugged in. `online` is 0, 1, or 2 where its voltage is programmable (sysfs-class-power). */
interface Mains extends Probe {
  readonly shown: string;
  online: number;
  /** When it was polled. */
  at: number;
}

function openMains(folder: string, shown: string, closed: (mains: Mains) => void): Mains | undefined {
  const file = TextFile.open(join(folder, 'online'));
  if (file === undefined) return undefined;
  const mains: Mains = {
    path: file.path,
    shown: `${shown}/online`,
    online: NaN,
    at: NaN,
    poll: (now) => {
      mains.at = now;
      const readable = file.load();
      mains.online = readable ? Math.min(1, loadedNumber()) : NaN;
      return readable;
    },
    close: () => {
      file.close();
      closed(mains);
    },
  };
  return mains;
}

function openSupplies(root: string, clock: Clock): OpenSensor {
  const batteries = new Set<Battery>();
  const supplies = new Set<Mains>();
  const find = (): Probe[] => listNames(join(root, FOLDER), /^[\w.:@-]+$/).flatMap((supply): Probe[] => {
    const folder = join(root, FOLDER, supply);
    const shown = `/${FOLDER}/${supply}`;
    if (readText(join(folder, 'scope')) === 'Device') return [];
    const type = readText(join(folder, 'type'));
    if (type === 'Battery') {
      const battery = new Battery(folder, shown, (closed) => batteries.delete(closed));
      batteries.add(battery);
      return [battery];
    }
    const mains = type === 'Mains' || type?.startsWith('USB') ? openMains(folder, shown, (closed) => supplies.delete(closed)) : undefined;
    if (mains === undefined) return [];
    supplies.add(mains);
    return [mains];
  });
  const probes = openProbes('power-supply', quantities, clock, find, () => (listNames(join(root, FOLDER), /./).length > 0 ? [] : [{
    what: 'battery state', why: `/${FOLDER} is empty`, how: 'mains needs none; a UPS HAT without a kernel driver can be read by a callback: openSensors({ battery })',
  }]));
  const samples = new Samples();
  const together = new Batteries();
  const present = new Total('mains-present', 'flag', 0.8);
  return {
    ...probes,
    read: (now): readonly Reading[] => {
      probes.read(now);
      samples.start();
      together.put(batteries, now, samples);
      present.start();
      let online = -Infinity;
      for (const mains of supplies) {
        if (Number.isNaN(mains.online)) continue;
        present.include(mains.shown, mains.at);
        online = Math.max(online, mains.online);
      }
      present.put(online, now, samples);
      return samples.finish();
    },
  };
}

/**
 * Batteries and mains of the power supply class, all of them together: mains is present where one supply is online, `battery-power` is positive while
 * the batteries charge. Batteries of mice and the like are left out.
 */
export const powerSupply: SensorKind = Object.freeze({ name: 'power-supply', quantities, period: 5, open: openSupplies });
