import { Scheduler, type SchedulerOptions } from '../../../sdk/power/scheduler/scheduler.ts';
import type { StreamHandle, StreamOptions } from '../../../sdk/power/scheduler/types.ts';
import { VirtualClock } from './virtual-clock.ts';

type Options = Partial<StreamOptions<number, number>> & { readonly name: string; readonly cost: number };

/** A scheduler in virtual time. */
export function setup(options: Omit<SchedulerOptions, 'clock'> = {}) {
  const clock = new VirtualClock();
  const scheduler = new Scheduler({ clock, lateness: 0, ...options });
  const order: string[] = [];
  const board = { slowdown: 1 };
  /** A stream whose runs take what was declared, times how slow the board is. */
  const stream = (given: Options): StreamHandle<number, number> => scheduler.stream({
    run: async (items) => {
      order.push(`${given.name} ${items.join(' ')}`);
      await clock.sleep(given.cost * board.slowdown);
      return items[0]!;
    },
    ...given,
  });
  const feed = async (handle: StreamHandle<number, number>, every: number, until: number): Promise<void> => {
    for (let item = 0; clock.now() < until; item++) {
      void handle.submit(item);
      await clock.sleep(every);
    }
  };
  return { clock, scheduler, order, board, stream, feed };
}
