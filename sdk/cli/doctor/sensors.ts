import { setTimeout as delay } from 'node:timers/promises';
import { openSensors } from '../../../devices/open-sensors.ts';
import type { Gap } from '../../../devices/sensors/types.ts';
import type { Reading } from '../../power/types.ts';
import { formatTable } from '../table.ts';

/** Between two reads: counters tell something only by their difference. */
const BETWEEN_MS = 600;

/** What the sensors of a machine show, and what more there could be. */
export interface SensorReport {
  readonly found: readonly Reading[];
  readonly missing: readonly Gap[];
}

const UNITS: Readonly<Record<Reading['unit'], (value: number) => string>> = {
  celsius: (value) => `${value.toFixed(1)} °C`,
  watt: (value) => `${value.toFixed(2)} W`,
  volt: (value) => `${value.toFixed(2)} V`,
  ampere: (value) => `${value.toFixed(2)} A`,
  joule: (value) => `${(value / 3600).toFixed(1)} Wh`,
  hertz: (value) => `${(value / 1e6).toFixed(0)} MHz`,
  ratio: (value) => `${(100 * value).toFixed(0)} %`,
  second: (value) => `${value.toFixed(1)} s`,
  flag: (value) => (value > 0 ? 'yes' : 'no'),
  core: (value) => `${value.toFixed(2)} cores`,
};

/** Reads every sensor twice. @param root `/`, or a copy for tests */
export async function sensorReport(root = '/'): Promise<SensorReport> {
  const sensors = openSensors({ root });
  try {
    sensors.read(performance.now() / 1000);
    await Promise.all([sensors.settled?.(), delay(BETWEEN_MS)]);
    return { found: sensors.read(performance.now() / 1000).map(pick), missing: sensors.gaps() };
  } finally {
    sensors.close();
  }
}

/** A copy: the sensors overwrite theirs. */
function pick({ quantity, value, unit, source, age, trust }: Reading): Reading {
  return { quantity, value, unit, source, age, trust };
}

/** Quantity, value, trust and source of each reading as a table, and what is missing with what would give it. */
export function formatSensors({ found, missing }: SensorReport): string {
  const rows = found.map(({ quantity, value, unit, source, trust }) => [`  ${quantity}`, UNITS[unit](value), `trust ${trust.toFixed(2)}`, source]);
  const gaps = missing.map(({ what, why, how }) => `  ${what}: ${why}.\n    ${how}\n`);
  return `\nSensors:\n${formatTable(rows)}${gaps.length === 0 ? '' : `\nSensors not found:\n${gaps.join('')}`}`;
}
