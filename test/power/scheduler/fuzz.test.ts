import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OptionError } from '../../../sdk/core/errors.ts';
import { Scheduler } from '../../../sdk/power/scheduler/scheduler.ts';
import type { BackgroundHandle, Outcome, StreamHandle, StreamReport } from '../../../sdk/power/scheduler/types.ts';
import { VirtualClock } from './virtual-clock.ts';

/** Binary fractions of a second: sums of times are exact. */
const TICK = 2 ** -10;
const ticks = (min: number, max: number) => fc.integer({ min, max }).map((count) => count * TICK);

const stream = fc.record({
  cost: ticks(1, 60), period: ticks(20, 300), deadline: ticks(10, 400), priority: fc.integer({ min: 0, max: 9 }),
  backlog: fc.integer({ min: 1, max: 6 }), batch: fc.integer({ min: 1, max: 3 }), batchWait: ticks(0, 40), drop: fc.constantFrom<'oldest' | 'newest'>('oldest', 'newest'),
});
/** The next of endless values. */
const next = (values: Iterator<number>): number => values.next().value as number;
const share = fc.nat({ max: 1023 }).map((part) => part / 1024);

const settledOf = ({ done, failed, timeouts, dropped }: StreamReport): number => done + failed + timeouts + Object.values(dropped).reduce((sum, count) => sum + count, 0);

/** A handle whose submissions are counted as they settle. */
class Watched {
  settled = 0;
  submitted = 0;

  watch(outcome: Promise<Outcome<unknown>>): void {
    this.submitted++;
    void outcome.then(({ status }) => {
      expect(['done', 'failed', 'timeout', 'dropped']).toContain(status);
      this.settled++;
    });
  }
}

describe('a scheduler under random load', () => {
  it('misses no deadline of admitted streams while runs cost at most what was declared, whatever background work, changes and gaps there are', async () => {
    let runs = 0;
    let steps = 0;
    let refused = 0;
    let kept = 0;
    await fc.assert(fc.asyncProperty(
      fc.array(stream, { minLength: 1, maxLength: 6 }), ticks(1, 40), fc.infiniteStream(share), fc.infiniteStream(fc.nat({ max: 5 })),
      async (wanted, step, shares, choices) => {
        const clock = new VirtualClock();
        const scheduler = new Scheduler({ clock, lateness: 0 });
        const some = (most: number): number => Math.floor(next(shares) * (most / TICK)) * TICK;
        const handles: StreamHandle<number, number>[] = [];
        let open = true;
        let names = 0;
        const feed = async (handle: StreamHandle<number, number>, period: number): Promise<void> => {
          while (open) {
            for (let burst = next(choices); burst >= 0; burst--) void handle.submit(burst);
            await clock.sleep(TICK + some(next(choices) < 3 ? period / 2 : 2 * period));
          }
        };
        const add = (options: (typeof wanted)[number], name: string): void => {
          const { backlog, batch } = options;
          const run = async (): Promise<number> => {
            runs++;
            await clock.sleep(options.cost - some(options.cost * next(shares)));
            return 0;
          };
          try {
            const gate = { isOpen: () => next(choices) < 4 };
            const handle = scheduler.stream<number, number>({ ...options, backlog: Math.max(backlog, batch), name, gate, run });
            handles.push(handle);
            void feed(handle, options.period);
          } catch (error) {
            expect(error).toMatchObject({ code: 'not-admitted' });
            refused++;
          }
        };
        const background = scheduler.background({ name: 'update', step });
        const update = async (): Promise<void> => {
          while (open) {
            const outcome = await background.run(() => clock.sleep(step - some(step)));
            if (outcome.status === 'done') continue;
            expect(outcome).toMatchObject({ status: 'dropped', reason: expect.stringMatching(/^(refused|closed)$/) as string });
            if (outcome.status === 'dropped' && outcome.reason === 'refused') kept++;
            await clock.sleep(TICK);
          }
        };
        const change = async (): Promise<void> => {
          for (let round = 0; ; round++) {
            await clock.sleep(TICK + some(0.5));
            if (!open) return;
            const handle = handles[next(choices) % Math.max(1, handles.length)];
            if (handle === undefined) continue;
            try {
              if (next(choices) === 0) {
                await handle.close();
                handles.splice(handles.indexOf(handle), 1);
              } else if (next(choices) < 2 && wanted.length > 0) add(wanted[round % wanted.length]!, `late ${++names}`);
              else handle.update({ period: (20 + Math.floor(some(1) / TICK) % 280) * TICK, deadline: (10 + Math.floor(some(1) / TICK) % 390) * TICK });
            } catch (error) {
              expect(error).toMatchObject({ code: 'not-admitted' });
            }
          }
        };
        wanted.forEach((options, index) => add(options, `stream ${index}`));
        void update();
        void change();
        for (let second = 1; second <= 4; second++) {
          await clock.run(second);
          for (const report of scheduler.report().streams) {
            if (report.name !== 'update') expect(report).toMatchObject({ mode: 'guaranteed', missed: 0, overruns: 0 });
            expect(report.dropped).toMatchObject({ overload: 0, hung: 0 });
            // No item is dropped for being late either.
            expect(report.dropped.late).toBe(0);
          }
        }
        steps += background.report().done;
        open = false;
        void scheduler.close();
        await clock.run();
        expect(clock.pending).toBe(0);
      },
    ), { seed: 3, numRuns: 60 });
    expect([runs > 2000, steps > 1000, refused > 20, kept > 20]).toEqual([true, true, true, true]);
  });

  it('settles every submission exactly once, with failures, hanging runs, aborts, overload, updates and closes', async () => {
    const seen = new Set<string>();
    await fc.assert(fc.asyncProperty(fc.array(stream, { minLength: 1, maxLength: 5 }), fc.infiniteStream(share), fc.infiniteStream(fc.nat({ max: 19 })), async (wanted, shares, choices) => {
      const clock = new VirtualClock();
      const scheduler = new Scheduler({ clock, lateness: 0, reserve: 0.01 });
      const watched = new Watched();
      const choice = (): number => next(choices);
      const hanging: (() => void)[] = [];
      const run = (cost: number) => async (_items: readonly number[], { signal }: { signal: AbortSignal }): Promise<number> => {
        const what = choice() < 10 ? 3 : choice();
        await clock.sleep(cost * (1 + 6 * next(shares)));
        if (what === 0) throw new Error('broken');
        if (what === 1) await new Promise<void>((resolve) => hanging.push(resolve));
        if (what === 2) await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        return cost;
      };
      const handles: (StreamHandle<number, number> | BackgroundHandle)[] = [];
      wanted.forEach((options, index) => {
        const { backlog, batch, deadline, cost } = options;
        const timed = scheduler.check({ cost, deadline, period: options.period, priority: options.priority }).fits;
        const free = { cost, batch, batchWait: options.batchWait, drop: options.drop, priority: options.priority };
        handles.push(scheduler.stream<number, number>({
          ...(timed ? options : free), backlog: Math.max(backlog, batch), name: `stream ${index}`, run: run(cost), gate: { isOpen: () => choice() > 0 }, timeout: 1,
        }));
      });
      handles.push(scheduler.background({ name: 'test', step: 4 * TICK, timeout: 0.5 }));
      for (let event = 0; event < 250; event++) {
        const at = Math.floor(next(shares) * handles.length);
        const handle = handles[Math.min(at, handles.length - 1)]!;
        const controller = choice() < 4 ? new AbortController() : undefined;
        const signal = controller && { signal: controller.signal };
        if ('submit' in handle) for (let burst = choice() % 4; burst >= 0; burst--) watched.watch(handle.submit(event, signal));
        else watched.watch(handle.run((context) => run(4 * TICK)([], context), signal));
        if (controller !== undefined) {
          if (choice() < 5) controller.abort();
          else clock.after(next(shares) * 0.2, () => controller.abort());
        }
        if (choice() === 0 && choice() < 2) void handle.close();
        if (choice() === 0) hanging.shift()?.();
        if (choice() === 0 && 'update' in handle) {
          try {
            handle.update({ rate: 1 + choice(), priority: choice() % 10 });
          } catch (error) {
            expect(['not-admitted', 'closed']).toContain((error as OptionError).code);
          }
        }
        if (choice() < 16) await clock.run(clock.now() + next(shares) * 0.1);
      }
      void scheduler.close();
      await clock.run();
      expect(watched.settled).toBe(watched.submitted);
      let counted = 0;
      for (const handle of handles) {
        const report = handle.report();
        expect([report.waiting, report.running, report.submitted]).toEqual([0, 0, settledOf(report)]);
        counted += report.submitted;
        for (const [reason, count] of Object.entries({ ...report.dropped, done: report.done, failed: report.failed, timeouts: report.timeouts, missed: report.missed })) if (count > 0) seen.add(reason);
      }
      expect(counted).toBe(watched.submitted);
      hanging.forEach((release) => release());
      await clock.run();
      expect(clock.pending).toBe(0);
    }), { numRuns: 80 });
    expect([...seen].sort()).toEqual(['aborted', 'closed', 'done', 'failed', 'gated', 'hung', 'late', 'missed', 'overload', 'refused', 'replaced', 'timeouts']);
  });

  it('gives streams of equal priority without deadline the same time to within a run of each, and background work its share', async () => {
    await fc.assert(fc.asyncProperty(fc.array(ticks(1, 50), { minLength: 2, maxLength: 5 }), ticks(1, 50), fc.float({ min: Math.fround(0.05), max: Math.fround(0.9), noNaN: true }), async (costs, step, backgroundShare) => {
      const clock = new VirtualClock();
      const scheduler = new Scheduler({ clock, lateness: 0, backgroundShare });
      const served = costs.map(() => 0);
      let background = 0;
      let open = true;
      costs.forEach((cost, index) => {
        const handle = scheduler.stream<number, number>({
          name: `stream ${index}`, cost, backlog: 4,
          run: async () => {
            await clock.sleep(cost);
            return (served[index]! += cost);
          },
        });
        void (async () => {
          while (open) await handle.submit(0);
        })();
      });
      const job = scheduler.background({ name: 'job', step });
      void (async () => {
        while (open) {
          await job.run(() => clock.sleep(step));
          background += step;
        }
      })();
      for (let quarter = 1; quarter <= 20; quarter++) {
        await clock.run(quarter / 4);
        for (let a = 0; a < costs.length; a++) for (let b = 0; b < a; b++) expect(Math.abs(served[a]! - served[b]!)).toBeLessThanOrEqual(costs[a]! + costs[b]! + 1e-9);
        const streams = served.reduce((sum, seconds) => sum + seconds, 0);
        // A run that is under way is not counted yet on either side.
        const bound = step / backgroundShare + Math.max(...costs) / (1 - backgroundShare);
        expect(Math.abs(background / backgroundShare - streams / (1 - backgroundShare))).toBeLessThanOrEqual(bound + 1e-9);
      }
      open = false;
      void scheduler.close();
      await clock.run();
    }), { numRuns: 40 });
  });
});
