import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { openBatteryCallback } from '../../devices/sensors/battery-callback.ts';
import type { BatteryCallback } from '../../devices/sensors/battery-callback.ts';
import type { OpenSensor } from '../../devices/sensors/types.ts';

const clock = (): number => 0;

describe('battery callback', () => {
  it('gives what it tells, in SI units, and asks again after 10 s', () => {
    let calls = 0;
    const sensor = openBatteryCallback(() => ({ charge: 0.5 - 0.1 * calls++, power: -2.5, mains: false }), clock);
    expect(sensor.read(0).map(({ quantity, value }) => [quantity, value])).toEqual([['battery-charge', 0.5], ['battery-power', -2.5], ['mains-present', 0]]);
    expect(sensor.read(9)).toMatchObject([{ value: 0.5, age: 9 }, {}, {}]);
    expect(sensor.read(10)).toMatchObject([{ value: 0.4, age: 0 }, {}, {}]);
  });

  it('may answer later', async () => {
    const sensor = openBatteryCallback(async () => ({ charge: 0.25 }), clock);
    expect(sensor.read(0)).toEqual([]);
    await sensor.settled?.();
    expect(sensor.read(1)).toMatchObject([{ quantity: 'battery-charge', value: 0.25, age: 1 }]);
  });

  it('that hangs is not asked again, and its last answer runs out', async () => {
    let calls = 0;
    const sensor = openBatteryCallback(() => (calls++ === 0 ? Promise.resolve({ charge: 0.25 }) : new Promise(() => undefined)), clock);
    sensor.read(0);
    await sensor.settled?.();
    for (let now = 10; now <= 120; now += 10) expect(sensor.read(now)).toMatchObject([{ age: now }]);
    expect(sensor.read(121)).toEqual([]);
    expect([calls, sensor.gaps()[0]!.why]).toEqual([2, 'the battery callback gives none: it has not answered for 30 s']);
  });

  it.each<[string, (sensor: OpenSensor) => void]>([
    ['30 s on the clock of reads', (sensor) => void sensor.read(31)],
    ['30 s of waiting', () => void vi.advanceTimersByTime(30_000)],
    ['closing', (sensor) => sensor.close()],
  ])('that hangs is not waited for any longer after %s', async (_name, end) => {
    vi.useFakeTimers();
    try {
      const sensor = openBatteryCallback(() => new Promise(() => undefined), clock);
      sensor.read(0);
      let waiting = true;
      const settled = sensor.settled!().then(() => { waiting = false; });
      await Promise.resolve();
      expect(waiting).toBe(true);
      end(sensor);
      await settled;
      await sensor.settled!();
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it('that keeps the thread busy is asked less often', () => {
    let time = 0;
    let calls = 0;
    const sensor = openBatteryCallback(() => {
      calls++;
      time += 0.1;
      return { charge: 1 };
    }, () => time);
    for (let now = 0; now < 100; now++) sensor.read(now);
    expect(calls).toBe(1);
    sensor.read(101);
    expect(calls).toBe(2);
  });

  it.each<[string, BatteryCallback, RegExp]>([
    ['throws', () => { throw new Error('no bus'); }, /it failed: no bus$/],
    ['rejects', () => Promise.reject(new Error('no bus')), /it failed: no bus$/],
    ['tells percent', () => ({ charge: 55 }), /absurd: charge: /],
    ['tells NaN', () => ({ power: NaN }), /absurd: power: /],
    ['tells millivolts', async () => ({ voltage: 3700 }), /absurd: voltage: /],
    ['tells something else', () => ({ level: 1 }) as never, /absurd: level: /],
    ['tells a text', () => 'full' as never, /absurd: state: /],
  ])('that %s gives no reading and says why', async (_name, callback, why) => {
    const sensor = openBatteryCallback(callback, clock);
    sensor.read(0);
    await sensor.settled?.();
    expect(sensor.read(1)).toEqual([]);
    expect(sensor.gaps()[0]!.why).toMatch(why);
  });

  it('nothing known is no problem', () => {
    const sensor = openBatteryCallback(() => undefined, clock);
    expect([sensor.read(0), sensor.gaps()]).toEqual([[], []]);
  });

  it('never throws, whatever it answers', () => {
    fc.assert(fc.property(fc.anything(), (answer) => {
      const sensor = openBatteryCallback(() => answer as never, clock);
      for (const { value } of sensor.read(0)) expect(Number.isFinite(value)).toBe(true);
    }));
  });
});
