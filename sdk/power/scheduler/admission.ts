/** Work that comes at most once in `period` and is to be done within `deadline` of its release. Integer microseconds: sums and quotients are exact. */
export interface Task {
  readonly cost: number;
  readonly period: number;
  readonly deadline: number;
}

/** Whether a set of tasks meets its deadlines. Seconds. */
export interface Verdict {
  readonly fits: boolean;
  /** Sum of cost / period, and the most that is allowed. */
  readonly utilization: number;
  readonly limit: number;
  /** Interval in which more can be asked for than it is long, with what is asked for and what may have begun before; only where it is so. */
  readonly interval?: number;
  readonly demand?: number;
  readonly blocking?: number;
}

const MICROS = 1e6;

/** Rounded so that what fits in microseconds fits in seconds. */
export function taskOf(cost: number, period: number, deadline: number): Task {
  return { cost: microsUp(cost), period: Math.floor(period * MICROS), deadline: Math.floor(deadline * MICROS) };
}

export function microsUp(seconds: number): number {
  return Math.ceil(seconds * MICROS);
}

/** Most work with release and deadline in an interval of length t. */
function demandOf(tasks: readonly Task[], t: number): number {
  let demand = 0;
  for (const { cost, period, deadline } of tasks) if (t >= deadline) demand += (Math.floor((t - deadline) / period) + 1) * cost;
  return demand;
}

/** Latest deadline before t where all tasks are released at 0 and as often as they may; -1 without. */
function deadlineBefore(tasks: readonly Task[], t: number): number {
  let latest = -1;
  for (const { period, deadline } of tasks) {
    if (deadline < t) latest = Math.max(latest, deadline + Math.floor((t - 1 - deadline) / period) * period);
  }
  return latest;
}

/**
 * Whether no task misses a deadline under non-preemptive EDF on one executor, whenever the tasks are released: for every interval t that ends
 * with a deadline, demand(t) + longest run of a later deadline that may have begun before <= t. Necessary and sufficient for sporadic tasks:
 * Jeffay, Stanat, Martel, On non-preemptive scheduling of periodic and sporadic tasks, RTSS 1991, where deadline = period; George, Rivierre,
 * Spuri, INRIA RR-2966, 1996, else. Intervals are visited as in Zhang, Burns, Schedulability analysis for real-time systems with EDF, 2009.
 * @param blocking microseconds of the longest run without deadline
 * @param limit most utilization, below 1
 */
export function schedulable(tasks: readonly Task[], blocking: number, limit: number): Verdict {
  const utilization = tasks.reduce((sum, { cost, period }) => sum + cost / period, 0);
  if (utilization > limit) return { fits: false, utilization, limit };
  const deadlines = [...new Set(tasks.map(({ deadline }) => deadline))].sort((a, b) => a - b);
  // Beyond: demand(t) <= utilization * t + sum of cost / period * (period - deadline).
  const excess = tasks.reduce((sum, { cost, period, deadline }) => sum + (cost / period) * (period - deadline), blocking);
  const end = Math.max(deadlines.at(-1) ?? 0, Math.ceil(excess / (1 - utilization))) + 1;
  for (let index = deadlines.length - 1; index >= 0; index--) {
    const from = deadlines[index]!;
    const longest = tasks.reduce((most, { cost, deadline }) => (deadline > from ? Math.max(most, cost) : most), blocking);
    let t = deadlineBefore(tasks, deadlines[index + 1] ?? end);
    while (t >= from) {
      const need = demandOf(tasks, t) + longest;
      if (need > t) return { fits: false, utilization, limit, interval: t / MICROS, demand: (need - longest) / MICROS, blocking: longest / MICROS };
      // Demand does not fall with t, so intervals from `need` to t are long enough.
      t = deadlineBefore(tasks, need);
    }
  }
  return { fits: true, utilization, limit };
}

const milliseconds = (seconds: number): string => `${Number((seconds * 1000).toFixed(3))} ms`;

/** A verdict in words. */
export function explainVerdict({ fits, utilization, limit, interval, demand = 0, blocking = 0 }: Verdict): string {
  const share = `${(utilization * 100).toFixed(1)} % of the time is asked for, ${(limit * 100).toFixed(1)} % is allowed`;
  if (fits || interval === undefined) return share;
  return `in ${milliseconds(interval)} there may be ${milliseconds(demand)} of work due and ${milliseconds(blocking)} begun before that cannot be interrupted`;
}
