import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OptionError } from '../../../sdk/core/errors.ts';
import { Random } from '../../../sdk/power/simulator/random.ts';
import { FaultySensor } from '../../../sdk/power/simulator/sensor-faults.ts';
import { parseTrace } from '../../../sdk/power/simulator/trace.ts';
import { generateWorld, worldOfRows } from '../../../sdk/power/simulator/world.ts';
import { scenarios } from '../../../devices/scenarios/index.ts';
import { scenarioNamed } from './small.ts';

const HEADER = 'seconds,ambient_c,solar_w,motion,weight,extra_heat_w';

describe('random numbers', () => {
  it('never change', () => {
    const random = new Random(0, 0);
    expect(Array.from({ length: 3 }, () => random.next() * 2 ** 32)).toMatchInlineSnapshot(`
      [
        1363572419,
        145230303,
        808754475,
      ]
    `);
  });
});

describe('world', () => {
  it('is the same for a seed and another for the next', () => {
    const scenario = scenarioNamed('pi-4b-solar-always-on');
    const [first, again, other] = [3, 3, 4].map((seed) => generateWorld(scenario, seed, 1));
    expect(again).toEqual(first);
    expect(other!.harvest).not.toEqual(first!.harvest);
    expect(other!.motion).not.toEqual(first!.motion);
  });

  it.each(scenarios.map((scenario) => [scenario.name, scenario] as const))('of %s moves for 20 to 40 %% of the time, within the stated ambient and the panel', (_name, scenario) => {
    for (const seed of [1, 101]) {
      const { motion, weight, ambient, harvest, slots } = generateWorld(scenario, seed);
      const duty = motion.reduce((sum, share) => sum + share, 0) / slots;
      expect(duty).toBeGreaterThan(0.2);
      expect(duty).toBeLessThan(0.4);
      expect(weight.every((each) => each > 0)).toBe(true);
      expect(Math.max(...ambient)).toBeLessThanOrEqual(scenario.ambient.max);
      expect(Math.max(...harvest)).toBeLessThanOrEqual(scenario.solar?.peak ?? scenario.charger?.watts ?? 0);
    }
  });

  it('of a trace holds each row until the next', () => {
    const world = worldOfRows(parseTrace(`${HEADER}\n0,20,0,0,1,0\n10,30,5,1,2,0.5\n`, 'trace.csv'), 5);
    expect(world.slots).toBe(4);
    expect([...world.ambient]).toEqual([20, 20, 30, 30]);
    expect([...world.extraHeat]).toEqual([0, 0, 0.5, 0.5]);
  });

  it('of a trace has the mean of rows shorter than its slots', () => {
    const rows = [0, 1, 2, 3, 4].map((seconds) => `${seconds},${20 + seconds},0,${seconds === 3 ? 1 : 0},${seconds === 3 ? 4 : 1},0`);
    const world = worldOfRows(parseTrace([HEADER, ...rows].join('\n'), 'trace.csv'), 5);
    expect(world.slots).toBe(1);
    expect(world.ambient[0]).toBeCloseTo(22, 10);
    expect(world.motion[0]).toBeCloseTo(0.2, 10);
    expect(world.weight[0]).toBeCloseTo(4, 10);
  });

  it.each([
    ['seconds,ambient\n0,1', /trace\.csv:1: found "seconds,ambient"; allowed: the header/],
    [`${HEADER}\n0,20,0,2,1,0`, /trace\.csv:2: found motion "2"; allowed: a number from 0 to 1/],
    [`${HEADER}\n0,20,0,0,1,0\n0,20,0,0,1,0`, /trace\.csv:3: found 0 s after 0 s/],
    [`${HEADER}\n0,20,,0,1,0`, /trace\.csv:2: found solar_w ""/],
    [HEADER, /trace\.csv:2: found 0 rows/],
    [`${HEADER}\n0,20,0,0,1,0\n1e9,20,0,0,1,0`, /trace\.csv:3: found 1000000000 s after the first row; allowed: at most 31536000 s, a year/],
  ])('of a broken trace is refused: %j', (text, message) => {
    expect(() => parseTrace(text, 'trace.csv')).toThrow(message);
  });

  it('of any text is rows or refused', () => {
    const cell = fc.oneof(fc.integer().map(String), fc.double().map(String), fc.constantFrom('', ' ', 'NaN', '-0', '1e999'));
    const row = fc.array(cell, { minLength: 5, maxLength: 7 }).map((cells) => cells.join(','));
    fc.assert(fc.property(fc.oneof(fc.string(), fc.array(row).map((rows) => [HEADER, ...rows].join('\n'))), (text) => {
      try {
        expect(parseTrace(text, 'trace.csv').every((values) => Object.values(values).every(Number.isFinite))).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(OptionError);
      }
    }));
  });
});

describe('faulty sensor', () => {
  const read = (kind: 'missing' | 'stuck' | 'late' | 'quantized' | 'lying', amount: number): number[] => {
    const sensor = new FaultySensor([{ quantity: 'soc-temperature', kind, amount, from: 10, until: 25 }], 5);
    return [50.2, 51.2, 52.2, 53.2, 54.2, 55.2].map((value, slot) => sensor.read(slot * 5, value));
  };

  it('is missing, stuck, late, quantized or lying for its time only', () => {
    expect(read('missing', 0)).toEqual([50.2, 51.2, NaN, NaN, NaN, 55.2]);
    expect(read('stuck', 0)).toEqual([50.2, 51.2, 52.2, 52.2, 52.2, 55.2]);
    expect(read('late', 10)).toEqual([50.2, 51.2, 50.2, 51.2, 52.2, 55.2]);
    expect(read('quantized', 1)).toEqual([50.2, 51.2, 52, 53, 54, 55.2]);
    expect(read('lying', -20)).toEqual([50.2, 51.2, 32.2, 33.2, 34.2, 55.2]);
  });
});
