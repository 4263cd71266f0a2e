import { microsUp, schedulable, taskOf, type Task } from './admission.ts';

/**
 * What a stream can count on. `guaranteed`: its rate and deadline. `stretched`: its deadline at a lower rate. `relaxed`: a lower rate, late.
 * `best-effort`: time that no deadline needs. `gaps`: only times in which, as known beforehand, nothing with a deadline can come. Of a stream that
 * waits for items nothing is expected while its gate is closed, or when it got none for ten periods and at least a second; what it gets in such a
 * time is released when the run under way is over, with its whole deadline from then on.
 */
export type Mode = 'guaranteed' | 'stretched' | 'relaxed' | 'best-effort' | 'gaps';

/** What a stream asks for. Seconds. */
export interface Demand {
  readonly priority: number;
  readonly cost: number;
  readonly period: number;
  /** Infinity: none. */
  readonly deadline: number;
}

export interface Placement {
  readonly mode: Mode;
  /** The period is so many times that asked for. */
  readonly stretch: number;
}

/** Factors that are tried on the periods of streams of one priority. */
const STRETCHES: readonly number[] = Object.freeze([1, 1.5, 2, 3, 4, 6, 8, 16, 32]);

export function withDeadline({ deadline }: Demand): boolean {
  return deadline !== Infinity;
}

/**
 * What each stream can count on where their costs have grown: higher priorities first, streams of equal priority stretched alike, those that
 * cannot meet their deadline even so without it, the most expensive first. Streams without deadline get what does not harm the others.
 * @param limit most utilization
 * @param lateness seconds that timers may be late
 */
export function place(demands: readonly Demand[], limit: number, lateness: number): Placement[] {
  const placements: Placement[] = Array.from(demands, () => ({ mode: 'gaps', stretch: 1 }));
  const byCost = demands.map((_, index) => index).sort((a, b) => demands[b]!.cost - demands[a]!.cost);
  const priorities = [...new Set(demands.map(({ priority }) => priority))].sort((a, b) => b - a);
  const tasks: Task[] = [];
  let blocking = microsUp(lateness);
  const evicted: number[] = [];
  for (const priority of priorities) {
    const group = byCost.filter((index) => demands[index]!.priority === priority && withDeadline(demands[index]!));
    while (group.length > 0) {
      const found = placeGroup(group.map((index) => demands[index]!), tasks, blocking, limit);
      if (found !== undefined) {
        tasks.push(...found.tasks);
        group.forEach((index, at) => (placements[index] = found.placements[at]!));
        break;
      }
      evicted.push(group.shift()!);
    }
  }
  const free = byCost.filter((index) => !withDeadline(demands[index]!));
  for (const index of [...evicted, ...free].sort((a, b) => demands[b]!.priority - demands[a]!.priority)) {
    const longest = Math.max(blocking, microsUp(demands[index]!.cost));
    if (!schedulable(tasks, longest, limit).fits) continue;
    blocking = longest;
    placements[index] = { mode: 'best-effort', stretch: 1 };
  }
  return placements;
}

/** The least stretch with which a group fits beside what is placed already, with as few late as need be; the most expensive come first. */
function placeGroup(group: readonly Demand[], placed: readonly Task[], blocking: number, limit: number): { tasks: Task[]; placements: Placement[] } | undefined {
  for (let late = 0; late <= group.length; late++) {
    for (const stretch of STRETCHES) {
      const tasks = group.map(({ cost, period, deadline }, at) => taskOf(cost, period * stretch, at < late ? Math.max(deadline, period * stretch) : deadline));
      if (!schedulable([...placed, ...tasks], blocking, limit).fits) continue;
      return { tasks, placements: group.map((_, at) => ({ mode: at < late ? 'relaxed' : stretch > 1 ? 'stretched' : 'guaranteed', stretch })) };
    }
  }
  return undefined;
}
