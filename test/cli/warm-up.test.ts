import { describe, expect, test } from 'vitest';
import { warmUp } from '../../sdk/cli/bench/warm-up.ts';
import { AutoThreads } from '../../sdk/runtime/auto-threads.ts';
import { STEP_WORDS } from '../../sdk/runtime/control.ts';

interface Board {
  /** Nanoseconds of the one step of the model. */
  readonly cost: number;
  /** Milliseconds of a run on one thread, and on two. */
  readonly ms: readonly [one: number, two: number];
  /** Milliseconds until the second thread has started. */
  readonly start: number;
}

/** A model that chooses between one thread and two, on a clock of its own. */
class ChoosingModel {
  readonly auto: AutoThreads;
  readonly board: Board;
  clock = 0;
  #starting = Infinity;

  constructor(board: Board) {
    this.board = board;
    this.auto = new AutoThreads(new Int32Array(STEP_WORDS), Int32Array.of(board.cost), 2);
  }

  get threads(): number {
    return this.auto.phase === 'starting' ? 1 : this.auto.threads;
  }

  run(): Promise<{ outputs: readonly [] }> {
    if (this.auto.phase === 'starting') {
      this.#starting = Math.min(this.#starting, this.clock);
      if (this.clock - this.#starting >= this.board.start) this.auto.started();
    }
    const ms = this.board.ms[this.threads - 1]!;
    this.clock += ms;
    this.auto.record(ms);
    return Promise.resolve({ outputs: [] });
  }
}

async function warmed(board: Board, least: number, chooses = true): Promise<{ runs: number; model: ChoosingModel }> {
  const model = new ChoosingModel(board);
  return { runs: await warmUp(model, least, chooses, () => model.clock), model };
}

describe('warmUp', () => {
  test.each<[string, Board, number]>([
    ['two threads that are faster', { cost: 5e6, ms: [5, 3], start: 100 }, 2],
    ['two threads that are not', { cost: 5e6, ms: [5, 5], start: 100 }, 1],
    ['threads that start slowly', { cost: 5e6, ms: [5, 3], start: 900 }, 2],
    ['threads that start at once', { cost: 5e6, ms: [5, 3], start: 0 }, 2],
  ])('without warm-up runs waits for the choice: %s', async (_, board, threads) => {
    const { runs, model } = await warmed(board, 0);
    expect([model.auto.phase, model.threads]).toEqual(['settled', threads]);
    expect(runs).toBe(24 + Math.ceil(board.start / 5));
  });

  test('one thread that nothing promises to beat', async () => {
    const { runs, model } = await warmed({ cost: 2000, ms: [5, 5], start: 0 }, 0);
    expect([model.auto.phase, runs]).toEqual(['settled', 12 + 200]);
  });

  test('runs as often as asked for', async () => {
    expect((await warmed({ cost: 5e6, ms: [5, 3], start: 100 }, 300)).runs).toBe(300);
    expect((await warmed({ cost: 5e6, ms: [5, 3], start: 100 }, 3, false)).runs).toBe(3);
    expect((await warmed({ cost: 5e6, ms: [5, 3], start: 100 }, 0, false)).runs).toBe(0);
  });

  test('a choice that takes too long is not awaited', async () => {
    expect((await warmed({ cost: 5e9, ms: [5000, 3000], start: 100 }, 0)).runs).toBe(6);
  });
});
