import { describe, expect, it } from 'vitest';
import { Governor, replay } from '../../../sdk/power/governor/governor.ts';
import { MOST_SWITCHES } from '../../../sdk/power/governor/dwell.ts';
import { prune } from '../../../sdk/power/governor/prune.ts';
import { Slowdown } from '../../../sdk/power/governor/slowdown.ts';
import type { PolicyKind } from '../../../sdk/power/policies/types.ts';
import { dynamicWatts, worthOf } from '../../../sdk/power/worth.ts';
import { random } from '../../ops/graphs.ts';
import { CANDIDATES, celsius, observation, optionsOf, reading, WITH_OFF, WORTH } from './plant.ts';

/** A cool board whose sensor is alive. */
const cool = (slot: number) => [celsius(40 + 0.5 * (Math.round(slot) % 2))];

describe('a governor', () => {
  it('does the most on mains in the cold, nothing in great heat, and says what binds', () => {
    const governor = new Governor(optionsOf({ policy: 'pace' }));
    for (let slot = 0; slot < 20; slot++) governor.decide(observation(5 * slot, cool(slot)));
    expect(governor.decision).toMatchObject({ binding: 'none', candidate: { variant: 0, rate: 8 } });
    expect(governor.headroom(0)).toBeLessThan(governor.headroom(600));
    for (let slot = 20; slot < 24; slot++) governor.decide(observation(5 * slot, [celsius(79)]));
    expect(governor.decision).toMatchObject({ binding: 'thermal', candidate: { variant: -1 } });
  });

  it('meets deadlines by steps to more threads and smaller variants as the board slows down, and comes back', () => {
    const governor = new Governor(optionsOf({ policy: 'pace', deadline: 0.4 }));
    const run = (from: number, slowdown: number) => {
      for (let slot = from; slot < from + 120; slot++) governor.decide(observation(5 * slot, cool(slot), { slowdown }));
      return governor.decision;
    };
    const before = run(0, 1);
    const slow = run(120, 6);
    expect(slow.candidate.latency * 6).toBeLessThanOrEqual(0.4);
    expect(slow.candidate.accuracy).toBeLessThan(before.candidate.accuracy);
    expect(slow.binding).toBe('deadline');
    expect(run(240, 1).candidate).toEqual(before.candidate);
  });

  it('keeps the minimum rate by the fastest variant where even that is late, and idles without a minimum', () => {
    const at = (minimumRate: number) => {
      const governor = new Governor(optionsOf({ policy: 'pace', deadline: 0.4, minimumRate }));
      for (let slot = 0; slot < 120; slot++) governor.decide(observation(5 * slot, cool(slot), { slowdown: slot < 20 ? 1 : 200 }));
      return governor.decision;
    };
    const fastest = CANDIDATES.filter(({ rate }) => rate >= 1).reduce((best, each) => (each.latency < best.latency ? each : best));
    expect(at(1)).toMatchObject({ binding: 'deadline', candidate: { variant: fastest.variant, threads: fastest.threads, rate: 1 } });
    expect(at(0)).toMatchObject({ binding: 'deadline', candidate: { variant: -1 } });
  });

  it('spends less with an empty battery, keeps the minimum rate till then, and powers off only where it can wake', () => {
    const at = (charge: number, candidates = CANDIDATES) => {
      const governor = new Governor(optionsOf({ candidates, battery: { capacity: 72_000 }, minimumRate: candidates === WITH_OFF ? 0 : 0.5 }));
      for (let slot = 0; slot < 20; slot++) governor.decide(observation(5 * slot, [...cool(slot), reading('battery-charge', charge), reading('harvest-power', 0)], { motion: 0 }));
      return governor.decision;
    };
    expect(at(1).candidate.energy * at(1).candidate.rate).toBeGreaterThan(at(0.12).candidate.energy * at(0.12).candidate.rate);
    expect(at(0.12)).toMatchObject({ candidate: { off: 0 } });
    expect(at(0.12).candidate.rate).toBeGreaterThanOrEqual(0.5);
    expect(at(0.03).candidate).toMatchObject({ variant: -1, off: 0 });
    expect(at(0.03, WITH_OFF).candidate.off).toBe(300);
  });

  it('switches variant or threads at most six times in any minute, however wildly all readings change', () => {
    const next = random(7);
    const governor = new Governor(optionsOf({ slot: 1, dwell: 1, policy: 'price', deadline: 0.4, battery: { capacity: 72_000 } }));
    const times: number[] = [];
    let last = '';
    for (let time = 0; time < 5000; time++) {
      const { variant, threads } = CANDIDATES[governor.decide(observation(time, [celsius(30 + 3 * next()), reading('battery-charge', next())], { motion: next(), weight: 3 * next(), slowdown: time % 100 < 50 ? 1 : 1.6 }))]!;
      if (variant < 0) continue;
      if (last !== '' && last !== `${variant} ${threads}`) times.push(time);
      last = `${variant} ${threads}`;
    }
    expect(times.length).toBeGreaterThan(20);
    times.forEach((time, index) => { expect(times.slice(index).filter((later) => later < time + 60).length).toBeLessThanOrEqual(MOST_SWITCHES); });
  });

  it('replays its log to the same decisions', () => {
    const lines: string[] = [];
    const next = random(3);
    const governor = new Governor(optionsOf({ battery: { capacity: 72_000 }, deadline: 0.5, log: (line) => void lines.push(line) }));
    for (let slot = 0; slot < 300; slot++) {
      governor.decide(observation(5 * slot, [celsius(50 + 2 * next()), reading('battery-charge', next()), reading('harvest-power', 3 * next())], { motion: next(), slowdown: next() > 0.5 ? NaN : 1 + next() }));
    }
    const { decisions, logged } = replay(lines);
    expect(new Set(logged).size).toBeGreaterThan(3);
    expect(decisions).toEqual(logged);
    expect(() => replay([...lines.slice(0, 3), '{"cut', ...lines.slice(3)])).toThrow(/line 4.*'\{"cut'/);
    expect(() => replay(lines.slice(1))).toThrow(/header/);
    expect(() => replay([])).toThrow(/found nothing/);
    expect(() => replay(lines.join('\n') as never)).toThrow(/a list of lines/);
  });

  it('replays a log of a policy of one\'s own, which is passed to it', () => {
    const lines: string[] = [];
    const own: PolicyKind = { name: 'by turns', create: () => ({ price: 0, choose: ({ allowed, mostWorth, time }) => (time % 20 < 10 ? mostWorth : allowed.indexOf(1)) }) };
    const governor = new Governor(optionsOf({ policy: own, log: (line) => void lines.push(line) }));
    for (let slot = 0; slot < 40; slot++) governor.decide(observation(5 * slot, cool(slot)));
    const { decisions, logged } = replay(lines, [own]);
    expect(new Set(logged).size).toBeGreaterThan(1);
    expect(decisions).toEqual(logged);
    expect(() => replay(lines)).toThrow(/line 1: found policy "by turns"; known are fixed, .*price; a program passes its own to replay\(\)/);
  });

  it('replays a log through power cuts: lines without an end, and what the next start appends', () => {
    const lines: string[] = [];
    const start = (slots: number): void => {
      const governor = new Governor(optionsOf({ log: (line) => void lines.push(line) }));
      for (let slot = 0; slot < slots; slot++) governor.decide(observation(5 * slot, [celsius(40 + slot)]));
    };
    const cut = (): string => lines.pop()!.slice(0, 50);
    start(30);
    const first = cut();
    const whole = lines.length;
    start(20);
    lines[whole] = `${first}${lines[whole]}`;
    start(10);
    lines.push(cut());
    const { decisions, logged } = replay(lines);
    expect(logged).toHaveLength(29 + 20 + 9);
    expect(decisions).toEqual(logged);
    expect(replay([...lines.slice(0, whole), first, '', lines[whole].slice(50), ...lines.slice(whole + 1)])).toEqual({ decisions, logged });
  });

  it('tells changes and reads sensors on its own clock, and a dry run leaves the board alone', () => {
    let now = 0;
    const signal = new AbortController();
    const sensor = { name: 'zone', quantities: ['soc-temperature'] as const, read: () => (now < 100 ? cool(now / 5) : [celsius(79)]) };
    const governor = new Governor(optionsOf({ policy: 'pace', dryRun: true, sensors: [sensor], clock: () => now }));
    const seen: number[] = [];
    governor.on('change', ({ choice }) => void seen.push(choice), signal);
    for (; now < 130; now += 5) governor.step({ motion: 1 });
    expect(seen.at(-1)).toBe(0);
    expect(governor.explain()).toMatch(/^would choose idle; thermal/);
    expect(CANDIDATES[governor.decide(observation(now, [celsius(79)]))]!.variant).toBe(0);
    const { length } = seen;
    signal.abort();
    for (; now < 2000; now += 5) governor.decide(observation(now, cool(now / 5)));
    expect(seen.length).toBe(length);
  });

  it('refuses what it cannot work with', () => {
    expect(() => new Governor(optionsOf({ candidates: CANDIDATES.slice(1) }))).toThrow(/variant -1 and off 0/);
    expect(() => new Governor(optionsOf({ margin: -1 }))).toThrow(/'margin'.*from 0 to 30/);
    expect(() => new Governor(optionsOf({ policy: 'greedy' }))).toThrow(/one of fixed, throttle-only/);
    expect(() => new Governor({ ...optionsOf(), speed: 1 } as never)).toThrow(/unknown/);
    expect(() => new Governor(optionsOf({ candidates: CANDIDATES.map((candidate) => ({ ...candidate, energy: Infinity })) }))).toThrow(/energy Infinity.*finite/);
    expect(() => new Governor({ ...optionsOf(), sensors: [{}] } as never)).toThrow(/'sensors'.*openSensors/);
    expect(() => new Governor({ ...optionsOf(), log: 'file' } as never)).toThrow(/'log'.*a function/);
    expect(() => new Governor({ ...optionsOf(), policy: {} } as never)).toThrow(/'policy'.*create\(\)/);
  });

  it('needs next to no memory for a decision', () => {
    const governor = new Governor(optionsOf({ battery: { capacity: 72_000 } }));
    const seen = observation(0, [celsius(55), reading('battery-charge', 0.5), reading('harvest-power', 1)]) as { time: number } & ReturnType<typeof observation>;
    const run = (count: number): void => { for (let slot = 0; slot < count; slot++) { seen.time += 5; governor.decide(seen); } };
    run(20_000);
    const before = process.memoryUsage().heapUsed;
    run(20_000);
    expect((process.memoryUsage().heapUsed - before) / 20_000).toBeLessThan(400);
  });
});

describe('pruning', () => {
  it('keeps, at every motion and price, the best candidate of each number of threads', () => {
    const kept = prune(CANDIDATES, WORTH, 0);
    expect(kept.length).toBeLessThan(CANDIDATES.length);
    for (const motion of [0.05, 0.2, 1]) {
      for (const price of [0, 0.01, 0.1, 1, 10]) {
        const score = (index: number): number => worthOf(CANDIDATES[index]!, motion, 1, WORTH) - price * dynamicWatts(CANDIDATES[index]!, motion);
        expect(Math.max(...kept.map(score))).toBeCloseTo(Math.max(...CANDIDATES.map((_, index) => score(index))), 9);
      }
    }
  });
});

describe('slow-down', () => {
  it('covers 95 % of noisy latencies, and forgets', () => {
    const next = random(11);
    const slowdown = new Slowdown();
    let within = 0;
    for (let slot = 0; slot < 2000; slot++) {
      const observed = 2 * (0.9 + 0.1 * (next() + next()));
      if (slot >= 100 && observed <= slowdown.percentile95(1)) within++;
      slowdown.update({ slowdown: observed, seconds: 2 });
    }
    expect(within / 1900).toBeGreaterThan(0.93);
    for (let slot = 0; slot < 500; slot++) slowdown.update({ slowdown: NaN, seconds: 2 });
    expect(slowdown.mean).toBeCloseTo(1, 2);
  });
});
