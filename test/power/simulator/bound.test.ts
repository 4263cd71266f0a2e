import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scenarioCandidates } from '../../../sdk/power/simulator/evaluate.ts';
import { withHighs } from '../../../sdk/power/simulator/oracle/load-highs.ts';
import { offlineBound } from '../../../sdk/power/simulator/oracle/bound.ts';
import { frontiersOf, nearPrices } from '../../../sdk/power/simulator/oracle/frontier.ts';
import { heatLimitsOf } from '../../../sdk/power/simulator/oracle/heat-limits.ts';
import { partOf } from '../../../sdk/power/simulator/oracle/program.ts';
import { solve } from '../../../sdk/power/simulator/oracle/solve.ts';
import { reachable } from '../../../sdk/power/simulator/reachable.ts';
import { Random } from '../../../sdk/power/simulator/random.ts';
import { keepsLimits, simulate } from '../../../sdk/power/simulator/simulate.ts';
import { generateWorld, type World } from '../../../sdk/power/simulator/world.ts';
import { dynamicWatts } from '../../../sdk/power/worth.ts';
import { scenarios } from '../../../devices/scenarios/index.ts';
import { exactOptimum } from './exact.ts';
import { scenarioNamed, steadyWorld } from './small.ts';

const SLOT = 100;

function variedWorld(slots: number, seed: number, hot: number, harvest: number): World {
  const random = new Random(seed, 1);
  const world = steadyWorld(slots, SLOT);
  for (let slot = 0; slot < slots; slot++) {
    world.ambient[slot] = hot + 4 * random.next();
    world.harvest[slot] = harvest * 2 * random.next();
    world.motion[slot] = random.next() < 0.5 ? 1 : random.next();
    world.weight[slot] = 0.3 + 1.5 * random.next();
  }
  return world;
}

describe('offline bound', () => {
  const hot = scenarioNamed('zero-2w-mains-heat');
  const solar = scenarioNamed('zero-2w-solar-always-on');

  it.each([
    { what: 'heat', base: hot, ambient: 40, harvest: 0 },
    { what: 'energy', base: { ...solar, battery: { ...solar.battery!, capacity: 3000 } }, ambient: 20, harvest: 1 },
    { what: 'both', base: { ...solar, battery: { ...solar.battery!, capacity: 3000 } }, ambient: 40, harvest: 1.1 },
  ])('is above the exact optimum of short horizons, and near it: short of $what', async ({ base, ambient, harvest }) => {
    const scenario = { ...base, slotSeconds: SLOT, jitter: 0 };
    const all = scenarioCandidates(scenario);
    const candidates = [all[0]!, ...[1, 4, 8].flatMap((rate) => all.filter((candidate) => candidate.variant === 0 && candidate.threads === 4 && candidate.rate === rate && candidate.gated))];
    for (let seed = 1; seed <= 3; seed++) {
      const world = variedWorld(9, seed, ambient, harvest);
      const exact = exactOptimum(scenario, world, candidates);
      const { utility } = await offlineBound(scenario, world, candidates);
      expect(exact).toBeGreaterThan(0);
      expect(utility).toBeGreaterThanOrEqual(exact);
      expect(exact).toBeGreaterThan(0.7 * utility);
      for (const [index] of candidates.entries()) {
        const simulation = simulate({ ...scenario, minimumRate: 0 }, world, candidates, { name: 'static', decide: () => index });
        if (keepsLimits(simulation) && simulation.endCharge >= simulation.startCharge) expect(simulation.utility).toBeLessThanOrEqual(exact + 1e-9);
      }
    }
  });

  it.each(scenarios.map((scenario) => ({ name: scenario.name, scenario })))('is above every policy that keeps the limits, with what charge it leaves or lacks at its price: $name', async ({ scenario }) => {
    const world = generateWorld(scenario, 7, 1);
    const candidates = scenarioCandidates(scenario);
    const { utility, endPrice, endCharge } = await offlineBound(scenario, world, candidates);
    expect(utility).toBeGreaterThan(0);
    let checked = 0;
    const most = Math.max(...candidates.map((candidate) => dynamicWatts(candidate, 1)));
    fc.assert(fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 1, max: 400 }), fc.double({ min: 0, max: 1, noNaN: true }), (seed, hold, share) => {
      const random = new Random(seed, 1);
      const allowed = [...candidates.keys()].filter((each) => dynamicWatts(candidates[each]!, 1) <= share * most);
      let index = 0;
      const simulation = simulate(scenario, world, candidates, { name: 'random', decide: ({ time }) => {
        if ((time / scenario.slotSeconds) % hold === 0) index = allowed[Math.floor(random.next() * allowed.length)]!;
        return reachable(scenario, world, time / scenario.slotSeconds) ? index : 0;
      } });
      if (simulation.secondsOverLimit > 0 || simulation.brownoutSeconds > 0) return;
      checked++;
      expect(simulation.utility + endPrice * (simulation.endCharge - endCharge)).toBeLessThanOrEqual(utility * (1 + 1e-7));
    }), { numRuns: 12, seed: 3 });
    expect(checked).toBeGreaterThan(2);
  }, 60_000);

  it.each([
    { what: 'within 0.1 % of it', ambient: (celsius: number) => celsius, most: 1.001 },
    { what: 'near it where even idling is too hot at times', ambient: (celsius: number, slot: number) => celsius + (slot % 400 < 200 ? -10 : 25), most: 1.2 },
  ])('of hours that hand heat over at a price is above the program of the whole, and $what', async ({ ambient, most }) => {
    const day = generateWorld(hot, 5, 1);
    const [from, slots] = [12 * 720, 3 * 720];
    const world = { ...day, slots };
    for (const field of ['ambient', 'extraHeat', 'harvest', 'motion', 'weight'] as const) world[field] = day[field].slice(from, from + slots);
    world.ambient = world.ambient.map(ambient);
    const candidates = scenarioCandidates(hot);
    const { utility } = await offlineBound(hot, world, candidates);
    const setting = { scenario: hot, world, candidates, heat: heatLimitsOf(hot, world, candidates), endCharge: 0 };
    const whole = await solve(partOf({ frontiers: [...frontiersOf(hot, world, candidates, 1)], first: 0, steps: 1 }, setting));
    expect(utility).toBeGreaterThan(whole.utility);
    expect(utility).toBeLessThan(most * whole.utility);
  }, 60_000);

  it('merges segments of a frontier into one that is nowhere below it', () => {
    const segment = fc.record({ price: fc.double({ min: 0.01, max: 10, noNaN: true }), joules: fc.double({ min: 0.01, max: 5, noNaN: true }) });
    const price = fc.double({ min: 0.01, max: 10, noNaN: true });
    fc.assert(fc.property(fc.array(segment, { maxLength: 12 }), price, price, fc.double({ min: 0, max: 1, noNaN: true }), (segments, a, b, share) => {
      const frontier = { least: 1, worth: 2, segments: segments.sort((one, other) => other.price - one.price) };
      const joules = share * segments.reduce((sum, each) => sum + each.joules, 0);
      const worthAt = (of: typeof frontier): number => {
        let left = joules;
        return of.segments.reduce((sum, each) => {
          const used = Math.min(left, each.joules);
          left -= used;
          return sum + used * each.price;
        }, of.worth);
      };
      const merged = nearPrices(frontier, Math.min(a, b), Math.max(a, b)) as typeof frontier;
      expect(worthAt(merged)).toBeGreaterThanOrEqual(worthAt(frontier) - 1e-9);
      for (const [index, { price: flatter }] of merged.segments.slice(1).entries()) expect(flatter).toBeLessThanOrEqual(merged.segments[index]!.price);
    }), { seed: 1 });
  });

  it('is solved once more, by a fresh solver, where the first one fails, and fails where it fails again', async () => {
    const used: unknown[] = [];
    const solver = await withHighs((highs) => {
      used.push(highs);
      if (used.length === 1) throw new Error('out of memory');
      return highs;
    });
    expect(used).toHaveLength(2);
    expect(solver).not.toBe(used[0]);
    await expect(withHighs(() => { throw new Error('broken program'); })).rejects.toThrow('broken program');
  });
});
