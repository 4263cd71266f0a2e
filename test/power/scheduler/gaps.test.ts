import { describe, expect, it } from 'vitest';
import { setup } from './setup.ts';

describe('gaps', () => {
  it('are while the gate of a stream is closed; what comes when it opens begins after the step under way, and is not late', async () => {
    const { clock, scheduler, stream, feed } = setup();
    const motion = scheduler.gate({ hold: 10 });
    const camera = stream({ name: 'camera', rate: 2, deadline: 0.2, cost: 0.1, gate: motion });
    const update = scheduler.background({ name: 'update', step: 0.2 });
    void feed(camera, 0.5, 100);
    const step = async (): Promise<void> => {
      while (clock.now() < 100) await update.run(() => clock.sleep(0.2));
    };
    void step();
    await clock.run(10.05);
    expect(update.report()).toMatchObject({ mode: 'gaps', done: 50 });
    for (let at = 20; at < 80; at += 20.13) {
      await clock.run(at);
      motion.trigger();
      await clock.run(at + 5);
    }
    await clock.run();
    expect(camera.report()).toMatchObject({ done: 60, missed: 0, dropped: { late: 0, replaced: 0 } });
    expect(update.report()).toMatchObject({ waiting: 0, oldest: NaN });
    expect(update.report().done).toBeGreaterThan(400);
  });

  it.each([['a', { period: 0.5, deadline: 0.2, cost: 0.1 }, 0.2, 5], ['a fast', { rate: 10, deadline: 0.1, cost: 0.05 }, 0.08, 1]])(
    'are after ten periods and at least a second in which %s stream got no item', async (_, demand, seconds, from) => {
      const { clock, scheduler, stream } = setup();
      const camera = stream({ name: 'camera', ...demand });
      const update = scheduler.background({ name: 'update', step: seconds });
      const [first, second] = [1, 2].map(() => update.run(() => clock.sleep(seconds)));
      await clock.run(from - 0.01);
      expect(update.report()).toMatchObject({ mode: 'gaps', waiting: 2, oldest: expect.closeTo(from - 0.01) });
      await clock.run(from + 0.01);
      const frame = camera.submit(0);
      expect(await Promise.all([clock.run(), first, frame, second])).toMatchObject([undefined, { latency: expect.closeTo(from + seconds) },
        { status: 'done', late: false, waited: expect.closeTo(seconds - 0.01) }, { status: 'done' }]);
      expect(clock.now()).toBeGreaterThan(2 * from);
    },
  );
});
