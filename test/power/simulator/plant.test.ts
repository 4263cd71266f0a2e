import { describe, expect, it } from 'vitest';
import { Plant } from '../../../sdk/power/simulator/plant.ts';
import { scenarioCandidates } from '../../../sdk/power/simulator/evaluate.ts';
import { simulate } from '../../../sdk/power/simulator/simulate.ts';
import { settledRise } from '../../../sdk/power/thermal.ts';
import { scenarioNamed, steadyWorld } from './small.ts';

describe('plant', () => {
  it('settles, without leakage, where the resistances say', () => {
    const base = scenarioNamed('pi-4b-mains-heat');
    const scenario = { ...base, power: { ...base.power, leakage: 0 } };
    const candidates = scenarioCandidates(scenario);
    const index = candidates.findIndex(({ variant, rate, threads, gated }) => variant === 0 && rate === 5 && threads === 1 && !gated);
    const plant = new Plant(scenario, steadyWorld(4000, 5));
    for (let slot = 0; slot < 4000; slot++) plant.step(slot, candidates[index]!, 'on');
    const { rate, energy } = candidates[index]!;
    expect(plant.temperature).toBeCloseTo(20 + settledRise(scenario.thermal.poles, scenario.power.idle + rate * energy), 3);
  });

  it('is slowed by the firmware when too hot, and misses', () => {
    const scenario = scenarioNamed('zero-2w-mains-heat');
    const candidates = scenarioCandidates(scenario);
    const index = candidates.findIndex(({ variant, rate, threads, gated }) => variant === 0 && rate === 8 && threads === 4 && !gated);
    const world = steadyWorld(2000, 5, { ambient: 50 });
    const plant = new Plant(scenario, world);
    for (let slot = 0; slot < 2000; slot++) plant.step(slot, candidates[index]!, 'on');
    expect(plant.clock).toBe(scenario.firmware.lowest);
    expect(plant.outcome.slowdown).toBeCloseTo(1 / scenario.firmware.lowest, 12);
    expect(plant.outcome.missed).toBeGreaterThan(0);
  });

  it('caps the clock at the soft limit of boards that have one', () => {
    const base = scenarioNamed('zero-2w-mains-heat');
    const plant = new Plant({ ...base, firmware: { ...base.firmware, soft: { from: 60, clock: 0.86 } } }, steadyWorld(1, 5));
    plant.temperature = 59.9;
    plant.step(0, scenarioCandidates(base)[0]!, 'on');
    expect(plant.clock).toBe(1);
    plant.temperature = 60;
    plant.step(0, scenarioCandidates(base)[0]!, 'on');
    expect(plant.clock).toBe(0.86);
  });

  it('stores what is left over with losses, browns out when empty and comes back at the restart charge', () => {
    const scenario = scenarioNamed('pi-4b-solar-always-on');
    const { capacity, chargeEfficiency, restart } = scenario.battery!;
    const world = steadyWorld(40_000, 5);
    world.harvest.fill(scenario.power.idle + 10, 30_000);
    const idle = scenarioCandidates(scenario)[0]!;
    const plant = new Plant(scenario, world);
    let slot = 0;
    while (!plant.dead) plant.step(slot++, idle, 'on');
    expect(slot * 5).toBeCloseTo(plant.charge + 0.6 * capacity / scenario.power.idle, -1);
    for (; slot < 30_000; slot++) expect(plant.step(slot, idle, 'on').watts).toBe(0);
    let dark = 0;
    while (plant.dead) dark += plant.step(slot++, idle, 'on').state === 'dead' ? 5 : 0;
    expect(dark).toBeCloseTo(restart * capacity / chargeEfficiency / (scenario.power.idle + 10), -1);
    const before = plant.charge;
    plant.step(slot, idle, 'on');
    expect(plant.charge - before).toBeCloseTo(10 * 5 * chargeEfficiency, 6);
  });

  it('is off for as long as chosen, starts in the last seconds of it, and asks nobody meanwhile', () => {
    const scenario = scenarioNamed('pi-5-solar-power-off');
    const candidates = scenarioCandidates(scenario);
    const off = candidates.findIndex((candidate) => candidate.off === 300);
    const times: number[] = [];
    const simulation = simulate(scenario, steadyWorld(120, 5), candidates, { name: 'off', decide: ({ time }) => {
      times.push(time);
      return off;
    } });
    expect(times).toEqual([0, 300]);
    expect(simulation.utility).toBe(0);
    const { power, wake } = scenario;
    const starting = 2 * wake!.boot * (power.idle + power.core);
    expect(simulation.energy).toBeGreaterThan(0.9 * (starting + 2 * (300 - wake!.boot) * power.off));
    expect(simulation.energy).toBeLessThan(starting + 2 * (300 - wake!.boot) * power.off);
  });
});
