import { describe, expect, it, vi } from 'vitest';
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
    expect(warn.mock.calls).toEqual([["Scheduler: option 'changed' threw when stream 'door' became relaxed: no log", 'HalfbyteWarning']]);
    warn.mockRestore();
  });
});
