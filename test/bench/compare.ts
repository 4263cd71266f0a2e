import { groupBy } from './group-by.ts';
import type { ResultRow } from './results.ts';

/** On one net, Node and number of threads: the figure halfbyte is judged on beside the fastest WASM engine. */
export interface Comparison {
  readonly net: string;
  readonly node: number;
  readonly threads: number;
  readonly ownMs: number;
  readonly fastest: string;
  readonly fastestMs: number;
  /** How many times faster halfbyte is. */
  readonly ratio: number;
}

/** Nets faster than this are judged without the hop to a worker thread. */
const SYNC_BELOW_MS = 1;

function medianOf(rows: readonly ResultRow[], peer: string): number | undefined {
  return rows.find((row) => row.peer === peer)?.values?.medianMs;
}

/** The time of `runSync` below 1 ms on one thread, else of `run`. `rows` share net, Node and threads. */
function ownTime(rows: readonly ResultRow[]): number | undefined {
  const sync = medianOf(rows, 'halfbyte');
  return sync !== undefined && sync < SYNC_BELOW_MS ? sync : medianOf(rows, 'halfbyte-run');
}

/** Comparisons of everything that both halfbyte and a WASM engine ran. */
export function comparisons(rows: readonly ResultRow[]): Comparison[] {
  const groups = groupBy(rows, ({ net, node, threads }) => [net, node, threads].join(' '));
  return [...groups.values()].flatMap((group): Comparison[] => {
    const { net, node, threads } = group[0]!;
    const ownMs = ownTime(group);
    const rivals = group.flatMap(({ kind, label, values }) => (kind === 'wasm' && values ? [{ label, ms: values.medianMs }] : []));
    if (ownMs === undefined || rivals.length === 0) return [];
    const fastest = rivals.reduce((best, rival) => (rival.ms < best.ms ? rival : best));
    return [{ net, node, threads, ownMs, fastest: fastest.label, fastestMs: fastest.ms, ratio: fastest.ms / ownMs }];
  });
}
