import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { onAbort } from '../../sdk/core/on-abort.ts';

describe('onAbort', () => {
  test('calls all that still wait, once and in order, by one listener of the signal, which keeps none at the end', () => {
    const controller = new AbortController();
    const called: number[] = [];
    const ends = Array.from({ length: 20 }, (_, index) => onAbort(controller.signal, () => void called.push(index)));
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1);
    for (const end of ends.slice(2)) end();
    ends[5]!();
    controller.abort();
    expect(called).toEqual([0, 1]);
    for (const end of ends) end();
    expect(called).toEqual([0, 1]);
  });

  test('leaves no listener when nobody waits any more, and listens again', () => {
    const { signal } = new AbortController();
    const first = onAbort(signal, () => undefined);
    first();
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    const second = onAbort(signal, () => undefined);
    first();
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    second();
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  test('one that ends another while the signal is aborted keeps it from being called', () => {
    const controller = new AbortController();
    const called: string[] = [];
    const ends: (() => void)[] = [];
    onAbort(controller.signal, () => {
      called.push('first');
      ends[0]!();
    });
    ends.push(onAbort(controller.signal, () => void called.push('second')));
    controller.abort();
    expect(called).toEqual(['first']);
  });
});
