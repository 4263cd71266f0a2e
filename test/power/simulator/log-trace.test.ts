import { describe, expect, it } from 'vitest';
import { Governor } from '../../../sdk/power/governor/governor.ts';
import type { GovernorOptions } from '../../../sdk/power/governor/options.ts';
import { scenarioCandidates } from '../../../sdk/power/simulator/evaluate.ts';
import { traceOfLog } from '../../../sdk/power/simulator/log-trace.ts';
import type { SensorFault } from '../../../sdk/power/simulator/sensor-faults.ts';
import { simulate } from '../../../sdk/power/simulator/simulate.ts';
import { generateWorld, worldOfRows, type World } from '../../../sdk/power/simulator/world.ts';
import { celsius, observation, optionsOf, reading } from '../governor/plant.ts';
import { scenarioNamed } from './small.ts';

function governedDay(name: string, own: Partial<GovernorOptions>) {
  const scenario = scenarioNamed(name);
  const { thermal, power, worth, slotSeconds, ambient, minimumRate, deadline } = scenario;
  const candidates = scenarioCandidates(scenario);
  const lines: string[] = [];
  const settings = { board: { thermal, power }, candidates, worth, slot: slotSeconds, maxAmbient: ambient.max, minimumRate, deadline, ...own };
  const run = (world: World, faults?: readonly SensorFault[]) => simulate(scenario, world, candidates, new Governor({ ...settings, log: (line) => void lines.push(line) }), faults);
  return { scenario, lines, run };
}

function logOf(governor: (log: (line: string) => void) => void): string[] {
  const lines: string[] = [];
  governor((line) => void lines.push(line));
  return lines;
}

const at = (time: number, changes: Parameters<typeof observation>[2] = {}, ...more: Parameters<typeof observation>[1]) => observation(time, [celsius(45), ...more], changes);

describe('a trace of a governor\'s log', () => {
  it('has the motion, harvest and surroundings of the world that it ran in, and leads to the same worth', () => {
    const { scenario, lines, run } = governedDay('pi-4b-solar-always-on', { battery: { capacity: scenarioNamed('pi-4b-solar-always-on').battery!.capacity } });
    const world = generateWorld(scenario, 5, 1);
    const { utility } = run(world);
    const trace = traceOfLog(lines, 'governor.jsonl', true);
    const again = worldOfRows(trace.rows, scenario.slotSeconds, trace.end);
    expect(again.slots).toBe(world.slots - 1);
    expect(again.motion).toEqual(world.motion.subarray(0, again.slots));
    expect(again.weight).toEqual(world.weight.subarray(0, again.slots));
    const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    // What a full battery did not take was not measured.
    expect(mean(again.harvest) / mean(world.harvest)).toBeGreaterThan(0.5);
    expect(again.harvest.every((watts, slot) => watts <= world.harvest[slot]! + 1e-9)).toBe(true);
    const errors = again.ambient.map((celsiusAround, slot) => celsiusAround - world.ambient[slot]!);
    expect(Math.abs(mean(errors))).toBeLessThan(1);
    expect(Math.max(...errors.map(Math.abs))).toBeLessThan(4);
    expect(run(again).utility / utility).toBeCloseTo(1, 1);
  });

  it('follows restarts, whose clocks begin anew, and clocks that are set back', () => {
    const lines = logOf((log) => {
      const first = new Governor({ ...optionsOf({ slot: 10 }), log });
      for (const time of [1000, 1010, 1005, 1020]) first.decide(at(time, { motion: 0.25 }));
      const second = new Governor({ ...optionsOf({ slot: 10 }), log });
      for (const time of [3, 13]) second.decide(at(time, { motion: 1, weight: 2 }, reading('harvest-power', 4)));
      const third = new Governor({ ...optionsOf({ slot: 10, resume: { memory: second.memory(), seconds: 3600 } }), log });
      for (const time of [1, 11]) third.decide(at(time, { motion: NaN }));
    });
    const { rows, end } = traceOfLog(lines, 'governor.jsonl', true);
    expect(rows.map(({ seconds, solar, motion, weight }) => [seconds, solar, motion, weight])).toEqual([
      [0, 0, 0.25, 1], [10, 0, 0.25, 1], [35, 4, 1, 2], [3645, 4, expect.any(Number), 1],
    ]);
    // Not as long as the time between the governors.
    expect(end).toBe(3655);
    expect(worldOfRows(rows, 5, end).slots).toBe(731);
  });

  it('takes clocks that are set, count since 1970 or begin with no number', () => {
    const day = 1_795_000_000;
    const lines = logOf((log) => {
      const governor = new Governor({ ...optionsOf({ slot: 10 }), log });
      for (const time of [NaN, 5, 15, day, day + 10]) governor.decide(at(time));
      const second = new Governor({ ...optionsOf({ slot: 10 }), log });
      for (const time of [day + 100, day + 110]) second.decide(at(time));
    });
    const { rows, end } = traceOfLog(lines, 'governor.jsonl', false);
    expect([...rows.map(({ seconds }) => seconds), end]).toEqual([0, 10, 20, 120, 130]);
  });

  it('has surroundings that were measured, not those acted for without a thermometer', () => {
    const { scenario, lines, run } = governedDay('pi-4b-mains-heat', {});
    const world = worldOfRows(Array.from({ length: 240 }, (_, minute) => ({ seconds: 60 * minute, ambient: 25, solar: 0, motion: 1, weight: 1, extraHeat: 0 })), scenario.slotSeconds);
    run(world, [[0, 1800], [5400, 9000]].map(([from = 0, until = 0]) => ({ quantity: 'soc-temperature', kind: 'missing', amount: 0, from, until })));
    for (const { ambient } of traceOfLog(lines, 'governor.jsonl', false).rows) expect(Math.abs(ambient - 25)).toBeLessThan(2);
  });

  it('has the last fresh reading of the harvest, as the governor', () => {
    const old = { ...reading('harvest-power', 9), age: 3600 };
    const lines = logOf((log) => {
      const governor = new Governor({ ...optionsOf({}), log });
      for (const time of [0, 10]) governor.decide(at(time, {}, old, reading('harvest-power', 1), reading('harvest-power', 2)));
    });
    expect(traceOfLog(lines, 'governor.jsonl', true).rows).toEqual([expect.objectContaining({ solar: 2 })]);
  });

  it.each([
    ['no decision', [], false, /governor\.jsonl: found a log of fewer than two decisions/],
    ['no harvest for a board that lives on it', [at(0), at(10)], true, /governor\.jsonl: found no reading of harvest-power to be trusted; allowed: a log with it, or a scenario on mains/],
    ['more than a year', Array.from({ length: 370 }, (_, day) => at(86_400 * day)), false, /decision at 31708800 s: found 31622400 s after the first row; allowed: at most 31536000 s/],
    ['no thermometer', [observation(0, []), observation(10, [])], false, /governor\.jsonl: found no temperature to be trusted; allowed: the log of a board with a thermometer/],
    ['weights beyond reason', [at(0), at(10, { weight: 1e300 })], false, /decision at 10 s: found weight "1e\+300"; allowed: a number from 0 to 1000000/],
  ])('of %s is refused', (_, observations, harvests, message) => {
    const lines = logOf((log) => {
      const governor = new Governor({ ...optionsOf({}), log });
      for (const each of observations) governor.decide(each);
    });
    expect(() => traceOfLog(lines, 'governor.jsonl', harvests)).toThrow(message);
  });

  it('of no log names the file', () => {
    expect(() => traceOfLog(['{}'], 'night.jsonl', false)).toThrow(/^night\.jsonl, line 1: found/);
  });
});
