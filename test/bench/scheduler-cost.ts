// What the scheduler itself costs on this machine: node scripts/run-ts.mjs test/bench/scheduler-cost.ts
import { schedulable, taskOf } from '../../sdk/power/scheduler/admission.ts';
import type { Clock } from '../../sdk/power/scheduler/clock.ts';
import { place } from '../../sdk/power/scheduler/placement.ts';
import { Scheduler } from '../../sdk/power/scheduler/scheduler.ts';

const ITEMS = 50_000;
const REPEATS = 300;

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

/** Time without timers: calls of `after(0, …)` run when asked for, others never. */
class ManualClock implements Clock {
  time = 0;
  #soon: (() => void)[] = [];

  now(): number {
    return this.time;
  }

  after(seconds: number, call: () => void): () => void {
    if (seconds <= 0) this.#soon.push(call);
    return () => undefined;
  }

  turn(): void {
    const calls = this.#soon;
    this.#soon = [];
    for (const call of calls) call();
  }
}

/** Microseconds from submission to outcome of an item without work, of streams that all wait. */
async function perItem(streams: number): Promise<number> {
  const clock = new ManualClock();
  const scheduler = new Scheduler({ clock, lateness: 0 });
  const handles = Array.from({ length: streams }, (_, index) => scheduler.stream<number, number>({
    name: `stream ${index}`, cost: 1e-4, period: 0.1, deadline: 0.1, run: ([item]) => item!,
  }));
  let elapsed = 0;
  for (let item = 0; item < ITEMS / streams; item++) {
    clock.time += 1;
    const start = performance.now();
    const outcomes = handles.map((handle) => handle.submit(item));
    for (let turn = 0; turn < streams; turn++) {
      clock.turn();
      // The run's promise and what follows it.
      for (let tick = 0; tick < 6; tick++) await Promise.resolve();
    }
    await Promise.all(outcomes);
    elapsed += performance.now() - start;
  }
  const done = scheduler.report().streams.reduce((sum, report) => sum + report.done, 0);
  return (elapsed * 1000) / done;
}

function perCall(call: () => unknown): number {
  return median(Array.from({ length: REPEATS }, () => {
    const start = performance.now();
    call();
    return (performance.now() - start) * 1000;
  }));
}

const rows: string[] = ['streams | item, us | admission test, us | placement, us | placement in overload x2, us'];
for (const streams of [1, 4, 8, 16, 64]) {
  // Periods from 0.1 to 3 s, 90 % of the time reserved.
  const demands = Array.from({ length: streams }, (_, index) => {
    const period = 0.1 * (1 + ((index * 7) % 30));
    return { priority: index % 4, cost: (0.9 * period) / streams, period, deadline: 4 * period };
  });
  const tasks = demands.map(({ cost, period, deadline }) => taskOf(cost, period, deadline));
  const slow = demands.map((demand) => ({ ...demand, cost: 2 * demand.cost }));
  const times = [await perItem(streams), perCall(() => schedulable(tasks, 0, 0.95)), perCall(() => place(demands, 0.95, 0)), perCall(() => place(slow, 0.95, 0))];
  rows.push(`${streams} | ${times.map((time) => time.toFixed(1)).join(' | ')}`);
}
process.stdout.write(`${rows.join('\n')}\n`);
