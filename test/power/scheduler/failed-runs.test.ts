import { describe, expect, it } from 'vitest';
import { setup } from './setup.ts';

describe('runs that threw or were aborted', () => {
  it('do not make a slow board look fast', async () => {
    const { clock, scheduler, board, stream, feed } = setup();
    const slow = stream({ name: 'slow', cost: 0.1, period: 1, deadline: 1 });
    const broken = stream({ name: 'broken', cost: 0.1, period: 1, deadline: 1, run: () => Promise.reject(new Error('no model')) });
    const abandoned = stream({ name: 'abandoned', cost: 0.1, period: 1, deadline: 1, run: async (_, { signal }) => new Promise((resolve) => signal.addEventListener('abort', () => resolve(0))) });
    board.slowdown = 2;
    void feed(slow, 1, 30);
    void feed(broken, 1, 30);
    for (let at = 0; at < 30; at++) {
      await clock.run(at);
      const controller = new AbortController();
      void abandoned.submit(at, { signal: controller.signal });
      clock.after(0.21, () => controller.abort());
    }
    await clock.run(30);
    expect(scheduler.slowdown).toBeCloseTo(2);
    expect([broken.report().failed, abandoned.report().dropped.aborted]).toEqual([30, 30]);
    expect(scheduler.check({ cost: 0.1, period: 0.25, deadline: 0.25 }).fits).toBe(false);
    await clock.run();
  });

  it('count where they took longer than expected', async () => {
    const { clock, stream, feed } = setup();
    const handle = stream({ name: 'broken', cost: 0.1, period: 1, deadline: 1, run: () => clock.sleep(0.3).then(() => Promise.reject(new Error('no model'))) });
    void feed(handle, 1, 30);
    await clock.run();
    expect(handle.report()).toMatchObject({ failed: 30, cost: expect.closeTo(0.3) });
  });
});
