import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { EnergyMeter } from '../../../sdk/power/energy/energy-meter.ts';
import type { Quantity, Reading } from '../../../sdk/power/types.ts';

function reading(quantity: Quantity, value: number): Reading {
  return { quantity, value, unit: quantity === 'cpu-time' ? 'second' : 'watt', source: 'test', age: 0, trust: 0.9 };
}

/** Alone in its file: readings of other shapes seen before make the engine box numbers. */
test('an energy meter allocates nothing in steady state', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const moments = Array.from({ length: 64 }, (_, at) => [reading('board-power', 1.2 + at / 100), reading('battery-power', -1.5), reading('cpu-time', 0.5 * at)]);
  const meter = new EnergyMeter({ board: { idle: 0.6, core: 0.43 }, cores: 4, models: ['small', 'large'] });
  const work = (from: number, count: number): void => {
    for (let t = from; t < from + count; t++) {
      meter.count(t & 1, 0.25);
      meter.sample(t, moments[t & 63]!);
    }
  };
  const bytesOf = (count: number): number => {
    collect();
    const before = process.memoryUsage().heapUsed;
    work(0, count);
    return process.memoryUsage().heapUsed - before;
  };
  work(0, 300_000);
  // The difference leaves out what measuring itself takes. The engine may box a number or two; an object or array a sample would take more.
  expect((bytesOf(120_000) - bytesOf(20_000)) / 100_000).toBeLessThan(48);
});
