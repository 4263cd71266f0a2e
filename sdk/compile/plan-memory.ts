import { Abi } from '../../kernels/abi.ts';
import { PlanError } from '../core/errors.ts';

/** A buffer to place: its bytes and the first and last step that touch it. */
export interface Interval {
  readonly bytes: number;
  readonly live: readonly [first: number, last: number];
}

/** Byte offsets of buffers in one arena. `lowerBound` is the largest sum of bytes alive at one step. */
export interface MemoryPlan {
  readonly offsets: readonly number[];
  readonly arenaBytes: number;
  readonly lowerBound: number;
}

/** Offsets are multiples of a cache line. */
export const BUFFER_ALIGNMENT = 64;

/** Times that buffers are placed again, and most buffers of which that is tried. */
const ROUNDS = 32;
const MOST_REPLACED = 1000;
/** Most buffers: the time to place them grows with the square of their number, to seconds for as many as these. */
const MOST_BUFFERS = 20_000;

interface Placed {
  readonly begin: number;
  readonly end: number;
  readonly first: number;
  readonly last: number;
}

interface Placement {
  readonly offsets: readonly number[];
  readonly arenaBytes: number;
  /** The buffer that ends highest. */
  readonly top: number;
}

function alignedSize(bytes: number): number {
  return Math.ceil(bytes / BUFFER_ALIGNMENT) * BUFFER_ALIGNMENT;
}

function lowerBoundOf(buffers: readonly Interval[]): number {
  const changes = new Map<number, number>();
  for (const { bytes, live: [first, last] } of buffers) {
    changes.set(first, (changes.get(first) ?? 0) + bytes);
    changes.set(last + 1, (changes.get(last + 1) ?? 0) - bytes);
  }
  let alive = 0;
  let most = 0;
  for (const [, change] of [...changes].sort(([a], [b]) => a - b)) {
    alive += change;
    most = Math.max(most, alive);
  }
  return most;
}

/** The smallest gap that fits below or between the placed buffers alive at the same time, else the first place above them. `placed` is sorted by `begin`. */
function bestOffset(size: number, [first, last]: Interval['live'], placed: readonly Placed[]): number {
  let best = -1;
  let bestGap = Infinity;
  let end = 0;
  for (const other of placed) {
    if (other.first > last || first > other.last) continue;
    const gap = other.begin - end;
    if (gap === size) return end;
    if (gap > size && gap < bestGap) {
      best = end;
      bestGap = gap;
    }
    end = Math.max(end, other.end);
  }
  return best >= 0 ? best : end;
}

/** Index of the first buffer that begins above `begin`. `placed` is sorted by `begin`. */
function indexAbove(begin: number, placed: readonly Placed[]): number {
  let low = 0;
  let high = placed.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (placed[middle]!.begin > begin) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Places buffers one after another, each into the tightest gap among placed buffers alive at the same time. */
function place(buffers: readonly Interval[], order: readonly number[]): Placement {
  const offsets = new Array<number>(buffers.length).fill(0);
  const placed: Placed[] = [];
  let arenaBytes = 0;
  let top = -1;
  for (const id of order) {
    const { bytes, live } = buffers[id]!;
    const size = alignedSize(bytes);
    const begin = bestOffset(size, live, placed);
    offsets[id] = begin;
    if (begin + bytes + Abi.READ_PADDING > arenaBytes) {
      arenaBytes = begin + bytes + Abi.READ_PADDING;
      top = id;
    }
    placed.splice(indexAbove(begin, placed), 0, { begin, end: begin + size, first: live[0], last: live[1] });
  }
  return { offsets, arenaBytes, top };
}

/**
 * Greedy by size with best offsets: largest buffers first, each into the tightest gap among placed buffers alive at the same time
 * (Pisarchyk and Lee, "Efficient Memory Management for Deep Neural Net Inference", section 5). Where that misses the lower bound,
 * the buffer that ends highest is placed first and all others again; the smallest of these arenas is taken.
 * @throws PlanError when there are more than 20,000 buffers
 */
export function planMemory(buffers: readonly Interval[]): MemoryPlan {
  if (buffers.length > MOST_BUFFERS) {
    throw new PlanError('too-many-buffers', `the model needs ${buffers.length} buffers, at most ${MOST_BUFFERS} can be placed: use a model of fewer operators`);
  }
  const order = buffers.map((_, id) => id).sort((a, b) => buffers[b]!.bytes - buffers[a]!.bytes || a - b);
  const least = lowerBoundOf(buffers.map(({ bytes, live }) => ({ bytes: alignedSize(bytes), live })));
  let best = place(buffers, order);
  let last = best;
  for (let round = 0; round < ROUNDS && buffers.length <= MOST_REPLACED && best.arenaBytes > least + Abi.READ_PADDING; round++) {
    order.splice(order.indexOf(last.top), 1);
    order.unshift(last.top);
    last = place(buffers, order);
    if (last.arenaBytes < best.arenaBytes) best = last;
  }
  return { offsets: best.offsets, arenaBytes: best.arenaBytes, lowerBound: lowerBoundOf(buffers) };
}
