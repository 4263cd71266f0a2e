import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../sdk/power/scheduler/clock.ts';
import { Scheduler } from '../../../sdk/power/scheduler/scheduler.ts';
import type { ModeChange, Outcome, StreamHandle, StreamReport } from '../../../sdk/power/scheduler/types.ts';
import { setup } from './setup.ts';

const statuses = (outcomes: readonly Outcome<unknown>[]): string[] => outcomes.map((outcome) => (outcome.status === 'dropped' ? outcome.reason : outcome.status));
const shareDone = (after: StreamReport, before: StreamReport, asked: number): number => (after.done - before.done - (after.missed - before.missed)) / asked;

describe('a scheduler', () => {
  it('runs the earliest deadline first, and what it runs not before its period is over', async () => {
    const { clock, order, stream } = setup();
    const slow = stream({ name: 'slow', cost: 0.1, period: 1, deadline: 0.9, backlog: 2 });
    const fast = stream({ name: 'fast', cost: 0.1, period: 0.5, deadline: 0.4, backlog: 2 });
    const outcomes = [slow.submit(1), fast.submit(1), fast.submit(2), slow.submit(2)];
    await clock.run();
    expect(order).toEqual(['fast 1', 'slow 1', 'fast 2', 'slow 2']);
    const done = (waited: number) => ({ status: 'done', late: false, waited: expect.closeTo(waited), latency: expect.closeTo(waited + 0.1) });
    expect(await Promise.all(outcomes)).toMatchObject([{ ...done(0.1), value: 1 }, { ...done(0), value: 1 }, { ...done(0.5), value: 2 }, { ...done(1), value: 2 }]);
    expect(clock.now()).toBeCloseTo(1.1);
    expect(slow.report()).toMatchObject({ submitted: 2, done: 2, runs: 2, missed: 0, latency: { p50: expect.closeTo(0.2), p99: expect.closeTo(1.1) } });
  });

  it('refuses a stream that could break those admitted, with numbers, and one that changes into it', () => {
    const { scheduler, stream } = setup();
    stream({ name: 'door', cost: 0.05, rate: 5, deadline: 0.1 });
    const yard = { name: 'yard', cost: 0.06, period: 1 };
    expect(scheduler.check({ cost: 0.06, period: 1, deadline: 1 })).toMatchObject({ fits: false, interval: 0.1, demand: 0.05, blocking: 0.06 });
    expect(() => stream({ ...yard, deadline: 1 })).toThrow("stream 'yard' does not fit beside the others: in 100 ms there may be 50 ms of work due and 60 ms begun before that cannot be interrupted; " +
      'lower a rate or cost, allow a later deadline, or close a stream');
    const handle = stream({ ...yard, deadline: 1, cost: 0.04 });
    expect(() => handle.update({ cost: 0.06 })).toThrow('does not fit');
    expect(() => handle.update({ rate: 20, deadline: 0.5 })).toThrow('105.0 % of the time is asked for, 95.0 % is allowed');
    handle.update({ rate: 10, deadline: 0.5 });
    expect([handle.mode, handle.report().period, scheduler.report().utilization]).toEqual(['guaranteed', 0.1, expect.closeTo(0.65)]);
    // Without a deadline it harms nobody, but has to wait for times in which the door cannot ask for anything.
    expect(stream({ name: 'garage', cost: 0.06 }).mode).toBe('gaps');
  });

  it('says what is wrong with options', () => {
    const { scheduler, stream } = setup();
    expect(() => new Scheduler({ reserve: 2 })).toThrow("Scheduler: option 'reserve'");
    expect(() => new Scheduler({ clock: { now: () => 0 } as never })).toThrow("Scheduler: option 'clock': must have now() and after()");
    expect(() => scheduler.stream({ name: 'a', cost: 0.1 } as never)).toThrow("Scheduler.stream: option 'run': missing; must be Function");
    expect(() => stream({ name: 'a', cost: 0.1, run: 1 as never })).toThrow("option 'run': must be a function");
    expect(() => stream({ name: 'a', cost: 0.1, deadline: 1 })).toThrow("stream 'a': a stream with a deadline needs 'period' or 'rate'");
    expect(() => stream({ name: 'a', cost: 0.1, rate: 1, period: 1 })).toThrow('give one');
    expect(() => stream({ name: 'a', cost: 0.1, backlog: 2, batch: 4 })).toThrow('2 waiting items never fill a batch of 4');
    expect(() => stream({ name: 'a', cost: 0 })).toThrow("option 'cost'");
    expect(() => stream({ name: 'a', cost: 1, priority: 1.5 })).toThrow("option 'priority'");
    expect(() => stream({ name: 'a', cost: 1, colour: 1 } as never)).toThrow("option 'colour'");
    expect(() => scheduler.gate({ hold: -1 })).toThrow("option 'hold'");
    stream({ name: 'a', cost: 1 });
    expect(() => stream({ name: 'a', cost: 1 })).toThrow('there is one of this name');
    for (let count = 1; count < 64; count++) stream({ name: `a${count}`, cost: 1 });
    expect(() => stream({ name: 'b', cost: 1 })).toThrow('64 streams are open');
  });

  it('drops by policy, and says what and why', async () => {
    const { clock, stream } = setup();
    const latest = stream({ name: 'latest', cost: 0.1, period: 1, deadline: 1 });
    const queue = stream({ name: 'queue', cost: 0.1, period: 1, deadline: 1, drop: 'newest', backlog: 2 });
    const outcomes = [1, 2, 3].flatMap((item) => [latest.submit(item), queue.submit(item)]);
    await clock.run();
    const settled = await Promise.all(outcomes);
    expect(statuses(settled)).toEqual(['replaced', 'done', 'replaced', 'done', 'done', 'refused']);
    expect(settled[0]).toMatchObject({ message: "stream 'latest': a newer item took its place, a run every 1 s is allowed" });
    expect(settled[5]).toMatchObject({ message: "stream 'queue': 2 of at most 2 items wait, a run every 1 s is allowed: submit fewer or raise the backlog" });
  });

  it('fills batches and waits for them only so long', async () => {
    const { clock, order, stream } = setup();
    const handle = stream({ name: 'crops', cost: 0.1, period: 0.2, deadline: 0.3, batch: 3, batchWait: 0.05, backlog: 8 });
    const first = [1, 2, 3, 4].map((item) => handle.submit(item));
    await clock.run();
    expect(order).toEqual(['crops 1 2 3', 'crops 4']);
    expect((await Promise.all(first)).map((outcome) => (outcome.status === 'done' ? [outcome.index, outcome.waited] : []))).toEqual([[0, 0], [1, 0], [2, 0], [0, expect.closeTo(0.2)]]);
    await clock.run(1);
    const lone = handle.submit(5);
    await clock.run();
    expect(await lone).toMatchObject({ waited: expect.closeTo(0.05) });
  });

  it('keeps the rates of higher priorities when the board becomes slow, those of equal priority alike, and gives all back after', async () => {
    const changes: ModeChange[] = [];
    const { clock, scheduler, board, stream, feed } = setup({ changed: (change) => changes.push(change) });
    const names = [['door', 9], ['yard', 5], ['street', 5], ['sky', 1]] as const;
    const streams = names.map(([name, priority]) => stream({ name, priority, cost: 0.05, period: 0.25, deadline: 0.5 }));
    for (const handle of streams) void feed(handle, 0.25, 300);
    await clock.run(60);
    expect(scheduler.report()).toMatchObject({ slowdown: expect.closeTo(1), utilization: expect.closeTo(0.8) });
    for (const handle of streams) expect(handle.report()).toMatchObject({ mode: 'guaranteed', missed: 0, done: 240 });
    board.slowdown = 2;
    await clock.run(70);
    const before = streams.map((handle) => handle.report());
    await clock.run(170);
    const after = streams.map((handle) => handle.report());
    const kept = after.map((report, index) => shareDone(report, before[index]!, 400));
    expect(kept[0]).toBe(1);
    expect([kept[1]! < 1, kept[1]! > 0.4, kept[1]! - kept[2]!, kept[3]! < kept[2]!, kept[3]! > 0]).toEqual([true, true, expect.closeTo(0, 2), true, true]);
    expect(after.map(({ missed }, index) => missed - before[index]!.missed)).toEqual([0, 0, 0, 0]);
    expect(after.map(({ mode }) => mode)).toEqual(['guaranteed', 'stretched', 'stretched', 'stretched']);
    expect([after[3]!.dropped.replaced - before[3]!.dropped.replaced, after[3]!.dropped.overload > 300]).toEqual([0, true]);
    expect(scheduler.slowdown).toBeCloseTo(2);
    expect(scheduler.check({ cost: 0.05, period: 0.25, deadline: 0.25 }).fits).toBe(false);
    expect(changes.map(({ name }) => name)).not.toContain('door');
    board.slowdown = 1;
    await clock.run(290);
    for (const handle of streams) expect(handle.mode).toBe('guaranteed');
    await clock.run();
    const missed = streams.map((handle) => handle.report().missed);
    expect(missed[0]).toBeLessThan(5);
    expect(Math.max(...missed)).toBeLessThan(10);
  });

  it('runs late what cannot be done in time, rather than nothing, where that costs no other its deadline', async () => {
    const { clock, board, stream, feed } = setup();
    const door = stream({ name: 'door', priority: 9, cost: 0.1, period: 0.2, deadline: 0.15 });
    const yard = stream({ name: 'yard', cost: 0.02, period: 1, deadline: 1 });
    void feed(door, 0.2, 100);
    void feed(yard, 1, 100);
    board.slowdown = 3;
    await clock.run(100);
    expect(door.report()).toMatchObject({ mode: 'relaxed', cost: expect.closeTo(0.3), period: expect.closeTo(0.4) });
    expect(door.report().done).toBeGreaterThan(200);
    expect(door.report().missed).toBeGreaterThan(200);
    expect(yard.report()).toMatchObject({ mode: 'guaranteed' });
    expect(yard.report().done).toBeGreaterThan(96);
    expect(yard.report().missed).toBeLessThanOrEqual(3);
  });

  it('keeps a stream that would block a more important one to the gaps, and tries it again', async () => {
    const { clock, stream, feed } = setup();
    let cost = 0.05;
    const door = stream({ name: 'door', priority: 9, cost: 0.02, period: 0.1, deadline: 0.08 });
    const ocr = stream({ name: 'ocr', priority: 1, cost: 0.05, period: 1, deadline: 1, run: () => clock.sleep(cost).then(() => 0) });
    void feed(door, 0.1, 200);
    void feed(ocr, 1, 200);
    await clock.run(20);
    cost = 0.09;
    await clock.run(60);
    expect(ocr.report()).toMatchObject({ mode: 'gaps', cost: expect.closeTo(0.09) });
    const { missed } = door.report();
    expect(missed).toBeLessThanOrEqual(20);
    cost = 0.05;
    await clock.run(200);
    expect(ocr.mode).toBe('guaranteed');
    expect(door.report().missed - missed).toBeLessThanOrEqual(2);
  });

  it('lets background work run without costing a deadline, as long as its steps are as short as promised, and then in gaps', async () => {
    const { clock, scheduler, stream, feed } = setup();
    const door = stream({ name: 'door', cost: 0.05, period: 0.1, deadline: 0.08 });
    const update = scheduler.background({ name: 'update', step: 0.02 });
    let step = 0.02;
    void feed(door, 0.1, 40);
    void (async () => {
      while (clock.now() < 40) await update.run(() => clock.sleep(step));
    })();
    await clock.run(10);
    expect(update.mode).toBe('best-effort');
    // All that the door leaves is used: two steps in each period.
    expect(update.report().done).toBeGreaterThan(190);
    step = 0.035;
    await clock.run(20);
    expect(update.report()).toMatchObject({ mode: 'gaps', overruns: expect.any(Number), cost: expect.closeTo(0.035) });
    const before = update.report().done;
    const { missed } = door.report();
    expect(missed).toBeLessThanOrEqual(1);
    await clock.run(30);
    expect(door.report().missed).toBe(missed);
    expect(update.report().done - before).toBeGreaterThan(90);
  });

  it('gives a stream or background work that did not want time none of it back later', async () => {
    const { clock, scheduler, stream } = setup({ backgroundShare: 0.25 });
    const busy = async (handle: StreamHandle<number, number>, until: number): Promise<void> => {
      while (clock.now() < until) await handle.submit(0);
    };
    const [first, second] = ['first', 'second'].map((name) => stream({ name, cost: 0.1 }));
    const job = scheduler.background({ name: 'job', step: 0.1 });
    void busy(first!, 30);
    await clock.run(10.05);
    void busy(second!, 20);
    await clock.run(20.05);
    const done = first!.report().done;
    expect([done, second!.report().done]).toEqual([expect.closeTo(150, -1), expect.closeTo(50, -1)]);
    void (async () => {
      while (clock.now() < 30) await job.run(() => clock.sleep(0.1));
    })();
    await clock.run(30);
    expect([first!.report().done - done, job.report().done]).toEqual([expect.closeTo(75, -1), expect.closeTo(25, -1)]);
  });

  it('goes on when a run throws or never returns, and gives up the hanging one and its stream only', async () => {
    const { clock, stream, feed } = setup();
    let release = (): void => undefined;
    let aborted: unknown;
    const bad = stream({
      name: 'bad', cost: 0.01, period: 0.1, deadline: 0.1, backlog: 4, timeout: 2,
      run: ([item], { signal }): Promise<number> | number => {
        if (item === 0) throw new Error('synchronous');
        if (item === 1) return Promise.reject(new Error('asynchronous'));
        signal.addEventListener('abort', () => void (aborted = signal.reason));
        return item === 2 ? new Promise<number>((resolve) => (release = () => resolve(2))) : 3;
      },
    });
    const good = stream({ name: 'good', cost: 0.01, period: 0.1, deadline: 0.08 });
    const outcomes = [0, 1, 2, 3].map((item) => bad.submit(item));
    void feed(good, 0.1, 5);
    await clock.run(5);
    expect(statuses(await Promise.all(outcomes))).toEqual(['failed', 'failed', 'timeout', 'hung']);
    expect(await outcomes[2]).toMatchObject({ message: "stream 'bad': a run took longer than 2 s and was given up" });
    expect(aborted).toMatchObject({ code: 'timeout' });
    expect(bad.report()).toMatchObject({ hung: true, failed: 2, timeouts: 1, dropped: { hung: 1 } });
    expect(statuses([await bad.submit(4)])).toEqual(['hung']);
    // The executor was taken for 2 s: the others are late then, and not after.
    expect(good.report().done).toBeGreaterThan(28);
    const { missed } = good.report();
    expect(missed).toBeLessThanOrEqual(1);
    release();
    await clock.run(6);
    const again = bad.submit(5);
    await clock.run(7);
    expect([statuses([await again]), bad.report().hung]).toEqual([['done'], false]);
  });

  it('aborts a run when all its submissions are', async () => {
    const { clock, stream } = setup();
    let seen = '';
    const handle = stream({
      name: 'a', cost: 1, period: 2, deadline: 5, batch: 2, batchWait: 0.1, backlog: 4,
      run: ([item], { signal }) => new Promise((resolve) => signal.addEventListener('abort', () => {
        seen = `${item} ${String(signal.reason)}`;
        resolve(0);
      })),
    });
    const controllers = [1, 2, 3].map(() => new AbortController());
    const outcomes = controllers.map(({ signal }, item) => handle.submit(item, { signal }));
    await clock.run(0.5);
    controllers[2]!.abort();
    controllers[0]!.abort();
    await clock.run(0.6);
    expect([seen, handle.report()]).toMatchObject(['', { running: 1, waiting: 0, dropped: { aborted: 2 } }]);
    controllers[1]!.abort('enough');
    await clock.run(1);
    expect([seen, statuses(await Promise.all(outcomes))]).toEqual(['0 enough', ['aborted', 'aborted', 'aborted']]);
    expect(statuses([await handle.submit(1, { signal: AbortSignal.abort() })])).toEqual(['aborted']);
  });

  it('fails an item whose gate throws, and goes on', async () => {
    const { stream } = setup();
    const broken = { isOpen: () => {
      throw new Error('no camera');
    } };
    const handle = stream({ name: 'a', cost: 0.1, period: 1, deadline: 1, gate: broken });
    expect(await handle.submit(1)).toMatchObject({ status: 'failed', error: { message: 'no camera' } });
    expect(handle.report()).toMatchObject({ submitted: 1, failed: 1 });
  });

  it('closes: what waits is dropped, what runs ends first', async () => {
    const { clock, scheduler, stream } = setup();
    const handle = stream({ name: 'a', cost: 1, period: 2, deadline: 5, backlog: 2 });
    const outcomes = [handle.submit(1), handle.submit(2)];
    await clock.run(0.5);
    let closed = false;
    void scheduler.close().then(() => (closed = true));
    await clock.run(0.9);
    expect(closed).toBe(false);
    await clock.run();
    expect([closed, statuses(await Promise.all([...outcomes, handle.submit(3)])), clock.pending]).toEqual([true, ['done', 'closed', 'closed'], 0]);
    await handle[Symbol.asyncDispose]();
    expect(() => stream({ name: 'b', cost: 1 })).toThrow('the scheduler is closed');
    expect(() => handle.update({ cost: 0.5 })).toThrow("stream 'a' is closed");
  });

  it('gives up hanging background work after ten times its declared cost, however long earlier runs were', async () => {
    const { clock, scheduler } = setup();
    const update = scheduler.background({ name: 'update', step: 0.2 });
    for (let round = 0; round < 4; round++) {
      const start = clock.now();
      const outcome = update.run(({ signal }) => new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve())));
      await clock.run();
      expect([(await outcome).status, clock.now() - start]).toEqual(['timeout', expect.closeTo(2)]);
    }
  });

  it('serves a stream of another priority like those that have it, however long it was served before', async () => {
    const { clock, stream } = setup();
    const busy = async (handle: StreamHandle<number, number>): Promise<void> => {
      while (clock.now() < 120) await handle.submit(0);
    };
    const [first, second] = [5, 6].map((priority) => stream({ name: `priority ${priority}`, priority, cost: 0.1 }));
    void busy(first!);
    await clock.run(100);
    const { done } = first!.report();
    first!.update({ priority: 6 });
    void busy(second!);
    await clock.run();
    expect([first!.report().done - done, second!.report().done]).toEqual([expect.closeTo(100, -1), expect.closeTo(100, -1)]);
  });

  it('tries background work that is kept out by what it once cost again, when nothing else is submitted', async () => {
    const { clock, scheduler, stream } = setup();
    const door = stream({ name: 'door', cost: 0.05, period: 10, deadline: 0.2 });
    const update = scheduler.background({ name: 'update', step: 0.1 });
    void door.submit(0);
    void update.run(() => clock.sleep(0.9));
    await clock.run(11);
    expect(update.mode).toBe('gaps');
    const outcome = update.run(() => clock.sleep(0.05));
    await clock.run(29);
    expect(update.report().waiting).toBe(1);
    await clock.run(40);
    expect([(await outcome).status, update.mode, clock.pending]).toEqual(['done', 'best-effort', 0]);
    void update.run(() => clock.sleep(0.9));
    await clock.run(50);
    const dropped = update.run(() => 1);
    await clock.run(51);
    // Until the retry, and until nothing more is expected of the door.
    expect(clock.pending).toBe(2);
    await scheduler.close();
    await clock.run(52);
    expect([statuses([await dropped]), clock.pending]).toEqual([['closed'], 0]);
  });

  it('uses the time of a stream that hangs, and begins it anew when its run has returned', async () => {
    const { clock, scheduler, stream } = setup();
    let release = (): void => undefined;
    const door = stream({ name: 'door', cost: 0.05, period: 0.5, deadline: 0.2, run: ([item]) => (item === 0 ? new Promise<number>((resolve) => (release = () => resolve(0))) : clock.sleep(0.05).then(() => 1)) });
    const update = scheduler.background({ name: 'update', step: 0.3 });
    void door.submit(0);
    await clock.run(5);
    const first = update.run(() => clock.sleep(0.3));
    await clock.run(6);
    expect([update.mode, door.report().hung, (await first).status]).toEqual(['gaps', true, 'done']);
    void update.run(() => clock.sleep(0.3));
    await clock.run(6.01);
    release();
    await clock.run(6.02);
    void door.submit(1);
    await clock.run();
    expect(door.report()).toMatchObject({ hung: false, done: 1, missed: 0 });
  });

  it('does not take the wrong declaration of one stream for a slow board', async () => {
    const { clock, scheduler, stream, feed } = setup();
    const door = stream({ name: 'door', priority: 9, cost: 0.1, period: 10, deadline: 0.3 });
    const vad = stream({ name: 'vad', priority: 0, cost: 0.001, period: 0.02, deadline: 0.3, run: () => clock.sleep(0.005).then(() => 0) });
    void feed(door, 10, 100);
    void feed(vad, 0.02, 100);
    await clock.run(99);
    expect(scheduler.slowdown).toBeCloseTo(1);
    expect(door.report()).toMatchObject({ mode: 'guaranteed', cost: expect.closeTo(0.1), missed: 0 });
    expect(vad.report().cost).toBeCloseTo(0.005);
    await clock.run();
  });

  it('runs on the clock of the process', async () => {
    await using scheduler = new Scheduler();
    const handle = scheduler.stream({ name: 'a', cost: 0.001, period: 0.01, deadline: 1, backlog: 2, run: ([item]: readonly number[]) => item! + 1 });
    expect(await Promise.all([handle.submit(1), handle.submit(2)])).toMatchObject([{ status: 'done', value: 2 }, { status: 'done', value: 3 }]);
  });

  it('lets the process end before a timer that may be late for ever', () => {
    const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    const cancel = [systemClock.after(60, () => undefined, true), systemClock.after(60, () => undefined)];
    expect(timers() - before).toBe(1);
    cancel.forEach((call) => call());
  });
});
