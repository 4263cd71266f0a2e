import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EnergyMeter } from '../../../sdk/power/energy/energy-meter.ts';
import type { EnergyOptions } from '../../../sdk/power/energy/options.ts';
import type { Quantity, Reading, Unit } from '../../../sdk/power/types.ts';

const BOARD = { idle: 0.6, core: 0.43 };

const meterOf = (change: Partial<EnergyOptions> = {}): EnergyMeter => new EnergyMeter({ board: BOARD, cores: 4, models: ['small', 'large'], ...change });

function reading(quantity: Quantity, value: number, { unit = 'watt', age = 0, trust = 0.9 }: { unit?: Unit; age?: number; trust?: number } = {}): Reading {
  return { quantity, value, unit, source: 'test', age, trust };
}

const supply = (watts: number, change = {}): Reading => reading('board-power', watts, change);
const cpu = (seconds: number): Reading => reading('cpu-time', seconds, { unit: 'second', trust: 1 });

/** A sample a second; `at` gives the readings of second t. */
function run(meter: EnergyMeter, seconds: number, at: (t: number) => Reading[], from = 0): EnergyMeter {
  for (let t = from; t <= from + seconds; t++) meter.sample(t, at(t));
  return meter;
}

describe('energy meter', () => {
  it('integrates power that is linear between samples exactly, at any times of sampling', () => {
    const step = fc.double({ min: 0.01, max: 25, noNaN: true });
    const watts = fc.double({ min: 0.5, max: 8, noNaN: true });
    fc.assert(fc.property(fc.array(fc.tuple(step, watts), { minLength: 1, maxLength: 30 }), watts, (steps, first) => {
      const meter = meterOf();
      meter.sample(100, [supply(first)]);
      let [now, before, joules] = [100, first, 0];
      for (const [seconds, value] of steps) {
        meter.sample(now + seconds, [supply(value)]);
        joules += ((before + value) / 2) * (now + seconds - now);
        [now, before] = [now + seconds, value];
      }
      const { seconds, whPerDay, method, trust, shares } = meter.report();
      expect((whPerDay / 24) * seconds).toBeCloseTo(joules, 8);
      expect([method, shares]).toEqual(['supply', [1, 0, 0, 0]]);
      expect(trust).toBeCloseTo(0.9, 12);
    }));
  });

  it('models idle and dynamic energy from core seconds, by model, and leaves the rest to the program', () => {
    const meter = meterOf();
    meter.sample(0, [cpu(5)]);
    for (let t = 1; t <= 100; t++) {
      meter.count(0, 0.2);
      if (t % 2 === 0) meter.count(1, 1);
      meter.sample(t, [cpu(5 + t)]);
    }
    const report = meter.report();
    expect(report).toMatchObject({ seconds: 100, gapSeconds: 0, method: 'model', idleWatts: 0.6, reason: 'modelled from core seconds (supply missing, battery missing, processor missing)' });
    expect(report.whPerDay).toBeCloseTo(24 * (0.6 + 0.43), 8);
    expect(report.dynamicWhPerDay).toBeCloseTo(24 * 0.43, 8);
    // The processor time may be of inferences that end later: only the sums are compared.
    const busy = 100;
    expect(report.perModel.map(({ inferences }) => inferences)).toEqual([100, 50]);
    expect(report.perModel[0]!.millijoulesPerInference).toBeCloseTo((1000 * 43 * 20) / busy / 100, 6);
    expect(report.perModel[1]!.millijoulesPerInference).toBeCloseTo((1000 * 43 * 50) / busy / 50, 6);
    expect(report.millijoulesPerInference).toBeCloseTo((1000 * 43 * 70) / busy / 150, 6);
  });

  it.each([0.05, 1.3, 3, 9])('finds the energy of inferences of %d s that run one after the other, with processor time and without', (latency) => {
    const perInference = [true, false].map((measured) => {
      const meter = meterOf();
      let end = latency;
      for (let t = 0; t <= 3600; t += 2) {
        for (; end <= t; end += latency) meter.count(0, latency);
        meter.sample(t, measured ? [supply(BOARD.idle + BOARD.core), cpu(t)] : []);
      }
      return meter.report().millijoulesPerInference! / (1000 * BOARD.core * latency);
    });
    // What ends after the last sample is not counted.
    for (const ratio of perInference) expect(ratio).toBeCloseTo(1, 2);
  });

  it('does not model more than a long step of threads beyond the cores once the load is over', () => {
    const meter = meterOf();
    for (let t = 0; t <= 1000; t++) {
      meter.count(0, 8);
      meter.sample(t, []);
    }
    run(meter, 1000, () => [], 1001);
    expect((meter.report().dynamicWhPerDay * meter.report().seconds) / 24).toBeCloseTo(4 * BOARD.core * (1000 + 30), 6);
  });

  it('measures idle power while nothing runs, so that a camera on the board is no work of the model', () => {
    const busyAt = (t: number): boolean => t % 100 >= 80;
    const draw = (t: number): number => (busyAt(t) ? 1.9 : 1.5);
    const meter = meterOf();
    let used = 0;
    for (let t = 0; t < 1000; t += 1) {
      // Two samples on each edge: power steps there.
      meter.sample(t, [supply(draw(t)), cpu(used)]);
      if (busyAt(t)) for (let n = 0; n < 4; n++) meter.count(0, 0.25);
      used += busyAt(t) ? 1 : 0;
      meter.sample(t + 0.999999, [supply(draw(t)), cpu(used)]);
    }
    const { idleWatts, millijoulesPerInference, dynamicTrust, trust } = meter.report();
    expect(idleWatts).toBeCloseTo(1.5, 4);
    expect(millijoulesPerInference).toBeCloseTo(100, 1);
    expect(dynamicTrust).toBeCloseTo(trust, 12);
  });

  it('trusts what is above idle no more than the board model before idle was measured', () => {
    const meter = meterOf();
    meter.sample(0, [supply(2), cpu(0)]);
    for (let t = 1; t <= 50; t++) {
      meter.count(0, 1);
      meter.sample(t, [supply(2), cpu(t)]);
    }
    const { trust, dynamicTrust, idleWatts } = meter.report();
    expect([trust, dynamicTrust, idleWatts].map((value) => Number(value.toFixed(9)))).toEqual([0.9, 0.3, 0.6]);
  });

  it.each([
    ['is missing', () => [], 'supply missing'],
    ['is late', () => [supply(2, { age: 16 })], 'supply late'],
    ['is not trusted', () => [supply(2, { trust: 0.1 })], 'supply less trusted or just back'],
    ['shows more than the board can draw', () => [supply(10)], 'supply implausible'],
    ['shows less than idle can be', () => [supply(0.1)], 'supply implausible'],
    ['shows no number', () => [supply(NaN)], 'supply less trusted or just back'],
  ])('goes over to the board model and says so when the sensor %s', (_, broken, reason) => {
    const meter = run(meterOf(), 60, (t) => [supply(1 + (t % 2) / 10), cpu(t)]);
    expect(meter.report()).toMatchObject({ method: 'supply', reason: 'measured at the supply' });
    run(meter, 120, (t) => [...broken(), cpu(t)], 61);
    const { method, shares, reason: found, whPerDay } = meter.report();
    expect([method, shares.map((share) => Math.round(181 * share)), found]).toEqual(['model', [60, 0, 0, 121], `modelled from core seconds (${reason}, battery missing, processor missing)`]);
    expect(whPerDay).toBeCloseTo((24 * (60 * 1.05 + 121 * 1.03)) / 181, 6);
    run(meter, 10, (t) => [supply(1), cpu(t)], 182);
    expect(meter.report().reason).toBe('measured at the supply');
  });

  it('leaves a sensor that stands still while the load moves, and takes it back when it moves again', () => {
    const used = (t: number): number => Math.floor(t / 40) * 40 + Math.max(0, (t % 40) - 20);
    const meter = run(meterOf(), 200, (t) => [supply(1.2), cpu(used(t))]);
    expect(meter.report().reason).toContain('supply stuck');
    expect(Math.round(meter.report().shares[0]! * 200)).toBe(59);
    run(meter, 3, (t) => [supply(1.2 + t / 1e3), cpu(used(t))], 201);
    expect(meter.report().reason).toBe('measured at the supply');
  });

  it('does not mind one value for long while the load stands still too', () => {
    expect(run(meterOf(), 500, (t) => [supply(1.2), cpu(t / 2)]).report()).toMatchObject({ method: 'supply', shares: [1, 0, 0, 0] });
  });

  it('scales processor power to the board, and does not use it unscaled', () => {
    const readings = (t: number): Reading[] => [reading('soc-power', 3), cpu(t)];
    const { method, whPerDay, trust } = run(meterOf({ board: { idle: 3, core: 1.4 }, processor: { factor: 2, offset: -1 } }), 50, readings).report();
    expect([method, whPerDay / 24]).toEqual(['processor', 5]);
    expect(trust).toBeCloseTo(0.72, 12);
    expect(run(meterOf(), 50, readings).report().method).toBe('model');
  });

  it('subtracts energy counters, and passes over a wrap', () => {
    const meter = run(meterOf({ board: { idle: 3, core: 1.4 }, processor: { factor: 2, offset: -1 } }), 100,
      (t) => [reading('soc-power', (3 * t) % 120, { unit: 'joule' }), cpu(t)]);
    const { shares, whPerDay } = meter.report();
    expect(shares.map((share) => Math.round(share * 100))).toEqual([0, 0, 98, 2]);
    expect(whPerDay / 24).toBeCloseTo((98 * 5 + 2 * 4.4) / 100, 9);
  });

  it('takes what leaves the battery, and what the panel gives, for board power; not on mains, nor while an unknown current charges it', () => {
    const battery = (watts: number): Reading => reading('battery-power', watts, { trust: 0.7 });
    const panel = reading('harvest-power', 3, { trust: 0.7 });
    const mains = reading('mains-present', 1, { unit: 'flag' });
    const wattsBy = (...readings: Reading[]): unknown[] => {
      const { method, whPerDay } = run(meterOf(), 20, () => readings).report();
      return [method, Number((whPerDay / 24).toFixed(6))];
    };
    expect(wattsBy(battery(-1.5))).toEqual(['battery', 1.5]);
    expect(wattsBy(battery(1), panel)).toEqual(['battery', 2]);
    expect(wattsBy(battery(-0.5), panel)).toEqual(['battery', 3.5]);
    expect(wattsBy(battery(1))).toEqual(['model', 0.6]);
    expect(wattsBy(battery(-1.5), mains)).toEqual(['model', 0.6]);
    expect(wattsBy(battery(-1.5), supply(2))).toEqual(['supply', 2]);
    // Of several sensors the most trusted counts, and one that cannot be true does not.
    const noMains = reading('mains-present', 0, { unit: 'flag' });
    expect(wattsBy(battery(-1.5), mains, noMains)).toEqual(['model', 0.6]);
    expect(wattsBy(battery(-1.5), { ...mains, trust: 0 })).toEqual(['battery', 1.5]);
    expect(wattsBy(battery(-0.5), panel, { ...panel, value: 0, trust: 0.3 }, { ...panel, value: 900, trust: 0 })).toEqual(['battery', 3.5]);
    expect(wattsBy(battery(1), { ...battery(-1), trust: 0.6 })).toEqual(['model', 0.6]);
  });

  it('leaves gaps and clock jumps out, with the inferences in them', () => {
    const meter = run(meterOf(), 100, (t) => [supply(2), cpu(t)]);
    const before = meter.report();
    meter.count(0, 1);
    meter.sample(5000, [supply(2), cpu(5000)]);
    meter.count(0, 1);
    meter.sample(10, [supply(2), cpu(5001)]);
    meter.sample(10, [supply(8), cpu(5001)]);
    meter.sample(NaN, [supply(8)]);
    expect(meter.report()).toEqual({ ...before, gapSeconds: 4900 });
    meter.count(0, 1);
    meter.sample(11, [supply(2), cpu(5002)]);
    expect(meter.report()).toMatchObject({ seconds: 101, perModel: [{ inferences: 1 }, { inferences: 0 }] });
    meter.reset();
    expect(meter.report()).toMatchObject({ seconds: 0, gapSeconds: 0, whPerDay: 0, millijoulesPerInference: null, trust: 0 });
  });

  it('never adds up to more, less or nonsense, whatever the sensors say', () => {
    const number = fc.oneof(fc.double(), fc.double({ min: 0, max: 5, noNaN: true }));
    const any: fc.Arbitrary<Reading> = fc.record({
      quantity: fc.constantFrom('board-power', 'soc-power', 'battery-power', 'harvest-power', 'mains-present', 'cpu-time'), value: number,
      unit: fc.constantFrom('watt', 'joule'), source: fc.constant('x'), age: fc.oneof(fc.constant(0), number), trust: fc.oneof(fc.constant(0.9), fc.double({ min: 0, max: 1, noNaN: true })),
    });
    const moment = fc.record({ step: fc.oneof(fc.double({ min: 0.01, max: 5, noNaN: true }), number), readings: fc.array(any, { maxLength: 4 }), inferences: fc.array(fc.tuple(fc.nat(1), fc.double({ min: 0, max: 2, noNaN: true })), { maxLength: 3 }) });
    fc.assert(fc.property(fc.array(moment, { maxLength: 40 }), (moments) => {
      const meter = meterOf({ processor: { factor: 1.5, offset: 0.2 } });
      let now = 0;
      for (const { step, readings, inferences } of moments) {
        for (const [model, seconds] of inferences) meter.count(model, seconds);
        if (Number.isFinite(now + step)) now += step;
        meter.sample(now, readings);
      }
      const report = meter.report();
      expect(JSON.parse(JSON.stringify(report))).toEqual(report);
      const { whPerDay, dynamicWhPerDay, perModel, shares, trust, dynamicTrust, seconds } = report;
      const parts = perModel.map((model) => model.whPerDay);
      expect(Math.min(whPerDay, dynamicWhPerDay, ...parts)).toBeGreaterThanOrEqual(0);
      expect(parts.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(dynamicWhPerDay * (1 + 1e-9) + 1e-9);
      expect(whPerDay).toBeLessThanOrEqual(24 * 4 * (BOARD.idle + 4 * BOARD.core) * (1 + 1e-9));
      expect(shares.reduce((a, b) => a + b, 0)).toBeCloseTo(seconds > 0 ? 1 : 0, 9);
      expect(dynamicTrust).toBeLessThanOrEqual(trust + 1e-12);
    }), { numRuns: 300 });
  });

  it('refuses unknown models, times that are none and wrong options', () => {
    expect(() => meterOf().count(2, 1)).toThrow(expect.objectContaining({ name: 'OptionError', code: 'unknown-model' }));
    expect(() => meterOf().count(0, NaN)).toThrow(/NaN core seconds/);
    expect(() => meterOf({ boardTrust: 2 })).toThrow(/EnergyMeter: option 'boardTrust'/);
  });
});
