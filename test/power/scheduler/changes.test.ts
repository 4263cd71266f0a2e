import { describe, expect, it, vi } from 'vitest';
import type { ModeChange } from '../../../sdk/power/scheduler/types.ts';
import { setup } from './setup.ts';

describe('changes of mode', () => {
  it.each<[string, () => unknown]>([['throws', () => {
    throw new Error('no log');
  }], ['rejects', () => Promise.reject(new Error('no log'))]])('end in a warning where the listener %s', async (_, changed) => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const { clock, board, stream, feed } = setup({ changed });
    const door = stream({ name: 'door', cost: 0.05, period: 0.1, deadline: 0.1 });
    board.slowdown = 3;
    void feed(door, 0.1, 20);
    await clock.run();
    expect(door.mode).toBe('relaxed');
    expect(warn.mock.calls.map(([warning]) => warning)).toEqual(["Scheduler: option 'changed': no log"]);
    warn.mockRestore();
  });

  it('are few where the times of runs scatter', async () => {
    const changes: ModeChange[] = [];
    const { clock, stream, feed } = setup({ changed: (change) => changes.push(change) });
    let state = 1;
    const uniform = (): number => (state = (state * 48271) % 2147483647) / 2147483647;
    const normal = (): number => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
    // Log-normal with mean 0.05.
    const run = (): Promise<number> => clock.sleep(0.05 * Math.exp(0.4 * normal() - 0.08)).then(() => 0);
    const camera = stream({ name: 'camera', cost: 0.03, rate: 10, deadline: 0.1, run });
    void feed(camera, 0.1, 600);
    await clock.run();
    expect(changes.length).toBeLessThan(20);
  });

  it('are over two minutes after a stream that seldom runs was slow for a while', async () => {
    const { clock, stream, feed } = setup();
    const camera = stream({ name: 'camera', cost: 0.03, rate: 10, deadline: 0.1 });
    const audit = stream({ name: 'audit', cost: 0.05, period: 10, deadline: 5, run: () => clock.sleep(clock.now() > 299 && clock.now() < 339 ? 0.085 : 0.05).then(() => 0) });
    void feed(camera, 0.1, 460);
    void feed(audit, 10, 460);
    const modes = (): string[] => [camera.mode, audit.mode];
    await clock.run(299);
    expect(modes()).toEqual(['guaranteed', 'guaranteed']);
    await clock.run(345);
    expect(modes()).toEqual(['relaxed', 'relaxed']);
    await clock.run(460);
    expect(modes()).toEqual(['guaranteed', 'guaranteed']);
    await clock.run();
  });
});
