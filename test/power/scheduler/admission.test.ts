import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explainVerdict, schedulable, taskOf, type Task } from '../../../sdk/power/scheduler/admission.ts';

interface Job { readonly release: number; readonly cost: number; readonly deadline: number }

/** Whether non-preemptive EDF misses a deadline with these releases; time in steps, of equal deadlines the later job first. */
function misses(jobs: readonly Job[]): boolean {
  const waiting = [...jobs].sort((a, b) => a.release - b.release);
  for (let now = 0; waiting.length > 0;) {
    now = Math.max(now, waiting[0]!.release);
    const best = waiting.reduce((chosen, job) => (job.release <= now && job.deadline <= chosen.deadline ? job : chosen));
    waiting.splice(waiting.indexOf(best), 1);
    now += best.cost;
    if (now > best.deadline) return true;
  }
  return false;
}

function jobsOf({ cost, period, deadline }: Task, first: number, end: number): Job[] {
  const jobs: Job[] = [];
  for (let release = first; release < end; release += period) jobs.push({ release, cost, deadline: release + deadline });
  return jobs;
}

/** All releases from the first ones on, every pattern of gaps up to `spread` beyond the period. */
function* patterns({ cost, period, deadline }: Task, end: number, spread: number, from = 0): Generator<Job[]> {
  for (let release = from; release <= from + spread; release++) {
    if (release >= end) yield [];
    else for (const rest of patterns({ cost, period, deadline }, end, spread, release + period)) yield [{ release, cost, deadline: release + deadline }, ...rest];
  }
}

const LIMIT = 1 - 2 ** -20;
const task = fc.record({ cost: fc.integer({ min: 1, max: 6 }), period: fc.integer({ min: 2, max: 12 }), deadline: fc.integer({ min: 1, max: 16 }) });

describe('the admission test', () => {
  it('admits no pair of tasks that misses a deadline with any pattern of releases', () => {
    let admitted = 0;
    for (let code = 0; code < 4 ** 4; code++) {
      const digit = (at: number): number => Math.floor(code / 4 ** at) % 4;
      const tasks = [{ cost: 1 + (digit(0) % 2), period: 3 + digit(0), deadline: 2 + digit(1) }, { cost: 1 + (digit(2) % 3), period: 4 + digit(2), deadline: 3 + 2 * digit(3) }];
      if (!schedulable(tasks, 0, LIMIT).fits) continue;
      admitted++;
      const [first, second] = tasks.map((one) => [...patterns(one, 13, 2)]);
      for (const one of first!) for (const two of second!) if (misses([...one, ...two])) expect.fail(`${JSON.stringify(tasks)} misses with ${JSON.stringify([one, two])}`);
    }
    expect(admitted).toBeGreaterThan(50);
  });

  it('admits no larger set that misses a deadline with random releases', () => {
    fc.assert(fc.property(fc.array(task, { minLength: 1, maxLength: 5 }), fc.infiniteStream(fc.nat({ max: 5 })), fc.nat({ max: 4 }), (tasks, gaps, blocking) => {
      const gap = (): number => gaps.next().value as number;
      fc.pre(schedulable(tasks, blocking, LIMIT).fits);
      const jobs: Job[] = [{ release: 0, cost: blocking, deadline: Infinity }];
      for (const one of tasks) {
        for (let release = gap(); release < 120; release += one.period + gap()) jobs.push({ release, cost: one.cost, deadline: release + one.deadline });
      }
      expect(misses(jobs)).toBe(false);
    }), { numRuns: 2000 });
  });

  it('refuses only sets that miss a deadline: all released together just after the longest later run has begun', () => {
    const FINE = 1000;
    fc.assert(fc.property(fc.array(task, { minLength: 1, maxLength: 5 }), fc.nat({ max: 4 }), (tasks, blocking) => {
      const verdict = schedulable(tasks, blocking, LIMIT);
      fc.pre(!verdict.fits && verdict.interval !== undefined);
      const interval = Math.round((verdict.interval ?? NaN) * 1e6);
      expect(Math.round((verdict.demand! + verdict.blocking!) * 1e6)).toBeGreaterThan(interval);
      const scale = ({ cost, period, deadline }: Task): Task => ({ cost: cost * FINE, period: period * FINE, deadline: deadline * FINE });
      const early = tasks.filter(({ deadline }) => deadline <= interval).flatMap((one) => jobsOf(scale(one), 1, interval * FINE + 1));
      expect(misses([{ release: 0, cost: Math.round(verdict.blocking! * 1e6) * FINE, deadline: Infinity }, ...early])).toBe(true);
    }), { numRuns: 2000 });
  });

  it('is the conditions of Jeffay, Stanat and Martel where deadlines are periods', () => {
    const periodic = task.map(({ cost, period }) => ({ cost, period, deadline: period }));
    fc.assert(fc.property(fc.array(periodic, { minLength: 1, maxLength: 5 }), (tasks) => {
      const sorted = [...tasks].sort((a, b) => a.period - b.period);
      let holds = tasks.reduce((sum, { cost, period }) => sum + cost / period, 0) <= LIMIT;
      sorted.forEach(({ cost, period }, i) => {
        // With ticks that are short against all costs l - 1 is l.
        for (let l = sorted[0]!.period; l < period; l++) {
          holds &&= l >= cost + sorted.slice(0, i).reduce((sum, shorter) => sum + Math.floor(l / shorter.period) * shorter.cost, 0);
        }
      });
      expect(schedulable(tasks, 0, LIMIT).fits).toBe(holds);
    }), { numRuns: 2000 });
  });

  it('is quick for extreme periods and says what does not fit', () => {
    const tasks = [taskOf(0.0001, 0.0003, 0.0003), taskOf(0.0001, 1000, 1e6), taskOf(0.000149, 0.00025, 0.0005)];
    expect(schedulable(tasks, 0, 0.95)).toMatchObject({ fits: true });
    const verdict = schedulable([taskOf(0.05, 1, 0.1), taskOf(0.08, 1, 0.5)], 0, 0.95);
    expect(verdict).toEqual({ fits: false, utilization: 0.13, limit: 0.95, interval: 0.1, demand: 0.05, blocking: 0.08 });
    expect(explainVerdict(verdict)).toBe('in 100 ms there may be 50 ms of work due and 80 ms begun before that cannot be interrupted');
    expect(explainVerdict(schedulable([taskOf(1, 1, 1)], 0, 0.95))).toBe('100.0 % of the time is asked for, 95.0 % is allowed');
  });
});
