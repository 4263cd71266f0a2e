import { describe, expect, test } from 'vitest';
import { inTurn } from '../../sdk/core/in-turn.ts';

describe('inTurn', () => {
  test('keeps the order of calls, also behind failures, and those of other owners do not wait', async () => {
    const owner = {};
    const order: string[] = [];
    let open = (): void => undefined;
    const first = inTurn(owner, undefined, () => new Promise<void>((_, reject) => {
      open = () => reject(new Error('broken'));
    }));
    const second = inTurn(owner, undefined, () => {
      order.push('second');
      return Promise.resolve(2);
    });
    await inTurn({}, undefined, () => {
      order.push('other');
      return Promise.resolve();
    });
    open();
    await expect(first).rejects.toThrow('broken');
    expect(await second).toBe(2);
    expect(order).toEqual(['other', 'second']);
  });

  test('an abort ends waiting at once; its work sees the abort at its turn, and what comes after it waits for that', async () => {
    const owner = {};
    const controller = new AbortController();
    const order: string[] = [];
    let open = (): void => undefined;
    const first = inTurn(owner, undefined, () => new Promise<void>((resolve) => {
      open = resolve;
    }));
    const aborted = inTurn(owner, controller.signal, () => {
      order.push(`aborted: ${controller.signal.aborted}`);
      return Promise.resolve();
    });
    const last = inTurn(owner, undefined, () => Promise.resolve(order.push('last')));
    controller.abort(new Error('enough'));
    await expect(aborted).rejects.toThrow('enough');
    await expect(inTurn(owner, controller.signal, () => Promise.resolve())).rejects.toThrow('enough');
    expect(order).toEqual([]);
    open();
    await Promise.all([first, last]);
    expect(order).toEqual(['aborted: true', 'last']);
  });

  test('an abort while its own work runs is up to the work, so that nothing runs any more when the call ends', async () => {
    const controller = new AbortController();
    let ended = false;
    const call = inTurn({}, controller.signal, async () => {
      await new Promise<void>((resolve) => controller.signal.addEventListener('abort', () => setTimeout(resolve, 1)));
      ended = true;
      throw new Error('stopped');
    });
    await Promise.resolve();
    controller.abort(new Error('enough'));
    await expect(call).rejects.toThrow('stopped');
    expect(ended).toBe(true);
  });
});
