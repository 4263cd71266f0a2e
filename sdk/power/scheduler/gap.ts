import type { Stream } from './stream.ts';

/** Streams that may release a run with a deadline before the end of one that begins now. */
function* within(streams: readonly Stream[], now: number, cost: number): Generator<Stream> {
  for (const stream of streams) if (stream.timed && !stream.hung && stream.earliestRelease(now) < now + cost) yield stream;
}

/** When a run that harms no deadline may begin, as far as is known now: none is expected of idle streams. */
export function gapFrom(streams: readonly Stream[], now: number, cost: number): number {
  let from = now;
  for (const stream of within(streams, now, cost)) from = Math.max(from, stream.idleFrom(now));
  return from;
}

/** What comes all the same is released when the run is over: no stream that may come before counts on it. */
export function holdWithin(streams: readonly Stream[], now: number, cost: number): void {
  for (const stream of within(streams, now, cost)) stream.hold();
}
