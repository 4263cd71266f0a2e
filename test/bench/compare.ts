import { statistics } from '../../sdk/cli/bench/statistics.ts';
import { groupBy } from './group-by.ts';
import type { ResultRow, ResultValues, RoundTimes } from './results.ts';

/** On one net, Node and number of threads: the figures halfbyte is judged on beside the fastest WASM engine. */
export interface Comparison {
  readonly net: string;
  readonly node: number;
  readonly threads: number;
  readonly ownMs: number;
  readonly fastest: string;
  readonly fastestMs: number;
  /** How many times faster halfbyte is: the median of the rounds, in which the processes compared follow each other. */
  readonly ratio: number;
  /** The same of the time to the first answer, beside the WASM engine that gives it first. */
  readonly coldRatio: number;
}

/** Nets faster than this are judged without the hop to a worker thread. */
const SYNC_BELOW_MS = 1;

/** The values of `runSync` below 1 ms on one thread, else of `run`. `rows` share net, Node and threads. */
function ownValues(rows: readonly ResultRow[]): ResultValues | undefined {
  const valuesOf = (peer: string): ResultValues | undefined => rows.find((row) => row.peer === peer)?.values;
  const sync = valuesOf('halfbyte');
  return sync !== undefined && sync.medianMs < SYNC_BELOW_MS ? sync : valuesOf('halfbyte-run');
}

/** A machine that changes its speed from round to round hits both. */
function pairedRatio(own: ResultValues, rival: ResultValues, field: keyof RoundTimes): number {
  return statistics(own.rounds.flatMap((round, index) => (rival.rounds[index] ? [rival.rounds[index][field] / round[field]] : []))).median;
}

/** Comparisons of everything that both halfbyte and a WASM engine ran. */
export function comparisons(rows: readonly ResultRow[]): Comparison[] {
  const groups = groupBy(rows, ({ net, node, threads }) => [net, node, threads].join(' '));
  return [...groups.values()].flatMap((group): Comparison[] => {
    const { net, node, threads } = group[0]!;
    const own = ownValues(group);
    const rivals = group.flatMap(({ kind, label, values }) => (kind === 'wasm' && values ? [{ label, values }] : []));
    if (own === undefined || rivals.length === 0) return [];
    const least = (field: keyof RoundTimes): (typeof rivals)[number] => rivals.reduce((best, rival) => (rival.values[field] < best.values[field] ? rival : best));
    const fastest = least('medianMs');
    return [{
      net, node, threads, ownMs: own.medianMs, fastest: fastest.label, fastestMs: fastest.values.medianMs,
      ratio: pairedRatio(own, fastest.values, 'medianMs'), coldRatio: pairedRatio(own, least('coldMs').values, 'coldMs'),
    }];
  });
}
