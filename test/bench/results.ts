import { statistics } from '../../sdk/cli/bench/statistics.ts';
import { groupBy } from './group-by.ts';
import type { Failure, Measurement, Outcome, Peer, Profile } from './peers/types.ts';
import type { Slot } from './schedule.ts';

/** A peer on a net, a Node and a number of threads: medians over the rounds. */
export interface ResultRow {
  readonly net: string;
  readonly node: number;
  readonly threads: number;
  readonly peer: string;
  readonly label: string;
  readonly kind: Peer['kind'];
  readonly values?: ResultValues;
  readonly error?: Failure;
}

export interface ResultValues {
  readonly medianMs: number;
  readonly minMs: number;
  readonly p95Ms: number;
  readonly cpuMs: number;
  readonly gmacs: number;
  readonly loadMs: number;
  readonly coldMs: number;
  readonly rssBytes: number;
  readonly rounds: readonly RoundTimes[];
  /** The strongest output is, within 2 codes, the strongest of the reference. */
  readonly sameTop: boolean;
  /** Of the round whose median this is. */
  readonly profile?: Profile;
}

/** Of one process: its median and its first answer. */
export interface RoundTimes {
  readonly medianMs: number;
  readonly coldMs: number;
}

export interface Sample {
  readonly slot: Slot;
  readonly outcome: Outcome;
}

/** TFLite itself is the reference where it takes the net, else halfbyte. */
const REFERENCES = ['litert', 'tfjs', 'halfbyte'];
const TOLERANCE_CODES = 2;
/** Relative to the strongest output, where outputs are real numbers. */
const TOLERANCE_REAL = 0.01;

function strongest(answer: readonly number[]): number {
  return answer.reduce((best, value, index) => (value > answer[best]! ? index : best), 0);
}

/** Whether `answer` puts first what `reference` puts first, near ties allowed. */
export function agrees(answer: readonly number[], reference: readonly number[]): boolean {
  const top = reference[strongest(reference)];
  const given = reference[strongest(answer)];
  if (answer.length !== reference.length || top === undefined || given === undefined) return false;
  return given >= top - (reference.every(Number.isInteger) ? TOLERANCE_CODES : TOLERANCE_REAL * Math.abs(top));
}

function medianOf(measurements: readonly Measurement[], field: 'medianMs' | 'p95Ms' | 'cpuMs' | 'loadMs' | 'coldMs' | 'rssBytes'): number {
  return statistics(measurements.map((measurement) => measurement[field])).median;
}

function valuesOf(measurements: readonly Measurement[], macs: number, reference: readonly number[]): ResultValues {
  const medianMs = medianOf(measurements, 'medianMs');
  const typical = measurements.find((measurement) => measurement.medianMs === medianMs);
  return {
    medianMs,
    minMs: Math.min(...measurements.map(({ minMs }) => minMs)),
    p95Ms: medianOf(measurements, 'p95Ms'),
    cpuMs: medianOf(measurements, 'cpuMs'),
    gmacs: macs / medianMs / 1e6,
    loadMs: medianOf(measurements, 'loadMs'),
    coldMs: medianOf(measurements, 'coldMs'),
    rssBytes: medianOf(measurements, 'rssBytes'),
    rounds: measurements.map(({ medianMs: median, coldMs }) => ({ medianMs: median, coldMs })),
    sameTop: measurements.every(({ answer }) => agrees(answer, reference)),
    ...(typical?.profile && { profile: typical.profile }),
  };
}

/** `net node threads peer`: what is measured once a round. */
export function keyOf({ net, node, threads, peer }: Slot): string {
  return [net, node, threads, peer.id].join(' ');
}

/** One row for each slot of a round. `macs` are the multiply-accumulates of each net. */
export function resultRows(samples: readonly Sample[], macs: ReadonlyMap<string, number>): ResultRow[] {
  const groups = groupBy(samples, ({ slot }) => keyOf(slot));
  const measured = samples.flatMap(({ slot, outcome }) => ('measurement' in outcome ? [{ slot, ...outcome }] : []));
  return [...groups.values()].map((group): ResultRow => {
    const { net, node, threads, peer } = group[0]!.slot;
    const head = { net, node, threads, peer: peer.id, label: peer.label, kind: peer.kind };
    const failed = group.find(({ outcome }) => 'error' in outcome)?.outcome;
    if (failed && 'error' in failed) return { ...head, error: failed.error };
    const ofNet = measured.filter(({ slot }) => slot.net === net);
    const reference = REFERENCES.map((family) => ofNet.find(({ slot }) => slot.peer.family === family)).find((found) => found !== undefined);
    const measurements = group.flatMap(({ outcome }) => ('measurement' in outcome ? [outcome.measurement] : []));
    return { ...head, values: valuesOf(measurements, macs.get(net) ?? 0, (reference ?? ofNet[0]!).measurement.answer) };
  });
}
