import { describe, expect, it } from 'vitest';
import { setup } from './setup.ts';

describe('streams that come and go', () => {
  it('refuses work that never fits between the runs of a stream, also what waits when that comes, and takes it again where it fits', async () => {
    const { clock, scheduler, stream, feed } = setup();
    const update = scheduler.background({ name: 'update', step: 0.2 });
    const [running, waiting] = [update.run(() => clock.sleep(0.2)), update.run(() => clock.sleep(0.2))];
    await clock.run(0.1);
    const door = stream({ name: 'door', cost: 0.05, period: 0.1, deadline: 0.08 });
    void feed(door, 0.1, 2);
    const message = "stream 'update': a run of 0.2 s never fits between those of 'door', which may come every 0.1 s: make it shorter, or close 'door' or lower its rate";
    expect([await waiting, await update.run(() => 0)]).toMatchObject([{ status: 'dropped', reason: 'refused', message }, { reason: 'refused', message }]);
    await clock.run(1);
    expect((await running).status).toBe('done');
    door.update({ period: 0.5, deadline: 0.3 });
    const fits = update.run(() => 0);
    await clock.run(2);
    expect([(await fits).status, door.report().missed]).toEqual(['done', 0]);
    await clock.run();
  });

  it('runs between them what only declared costs would keep out, and what a stream that is being closed would', async () => {
    const { clock, scheduler, stream, feed } = setup();
    const door = stream({ name: 'door', cost: 0.15, period: 0.2, deadline: 0.2 });
    void feed(door, 0.2, 2);
    await clock.run(0.1);
    const update = scheduler.background({ name: 'update', step: 0.1 });
    const between = update.run(() => 0);
    const long = scheduler.background({ name: 'long', step: 0.3 });
    const closed = door.close();
    const after = long.run(() => clock.sleep(0.3));
    await clock.run(5);
    await closed;
    expect([(await between).status, (await after).status]).toEqual(['done', 'done']);
  });

  it('takes a new demand by what the board is like now', async () => {
    const { clock, scheduler, board, stream, feed } = setup();
    const only = stream({ name: 'only', cost: 0.01, period: 0.1, deadline: 0.1 });
    board.slowdown = 3;
    void feed(only, 0.1, 12);
    await clock.run(100);
    only.update({ period: 0.025, deadline: 0.025 });
    expect([scheduler.slowdown, only.report().mode]).toEqual([NaN, 'guaranteed']);
  });

  it('forgets how slow the board was with streams that do not run any more', async () => {
    const { clock, scheduler, board, stream, feed } = setup();
    const slow = stream({ name: 'slow', cost: 0.1, period: 0.5, deadline: 0.5 });
    const rare = stream({ name: 'rare', cost: 0.1, period: 100, deadline: 10 });
    board.slowdown = 2;
    void feed(slow, 0.5, 10);
    void rare.submit(0);
    await clock.run(20);
    const demand = { cost: 0.1, period: 0.25, deadline: 0.25 };
    expect([scheduler.slowdown, scheduler.check(demand).fits]).toEqual([expect.closeTo(2), false]);
    await slow.close();
    await clock.run(299);
    expect(scheduler.slowdown).toBeCloseTo(2);
    await clock.run(310);
    expect([scheduler.slowdown, scheduler.check(demand).fits]).toEqual([NaN, true]);
    board.slowdown = 1;
    const quick = stream({ name: 'quick', ...demand });
    void feed(quick, 0.25, 320);
    await clock.run(320);
    expect([scheduler.slowdown, quick.report().missed]).toEqual([expect.closeTo(1), 0]);
  });
});
