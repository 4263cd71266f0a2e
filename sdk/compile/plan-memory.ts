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
/** Bytes past the end of a buffer that kernels may read and ignore: those of another buffer, or of the padding that ends the arena. */
export const READ_PADDING = 16;

interface Placed {
  readonly begin: number;
  readonly end: number;
  readonly live: readonly [number, number];
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

/** The smallest gap that fits below or between the neighbours, else the first place above them. `neighbours` is sorted by `begin`. */
function bestOffset(bytes: number, neighbours: readonly Placed[]): number {
  let best = -1;
  let bestGap = Infinity;
  let end = 0;
  for (const neighbour of neighbours) {
    const gap = neighbour.begin - end;
    if (gap >= bytes && gap < bestGap) {
      best = end;
      bestGap = gap;
    }
    end = Math.max(end, neighbour.end);
  }
  return best >= 0 ? best : end;
}

/**
 * Greedy by size with best offsets: largest buffers first, each into the tightest gap among placed buffers alive at the same time
 * (Pisarchyk and Lee, "Efficient Memory Management for Deep Neural Net Inference", section 5).
 */
export function planMemory(buffers: readonly Interval[]): MemoryPlan {
  const order = buffers.map((_, id) => id).sort((a, b) => buffers[b]!.bytes - buffers[a]!.bytes || a - b);
  const offsets = new Array<number>(buffers.length).fill(0);
  const placed: Placed[] = [];
  let arenaBytes = 0;
  for (const id of order) {
    const { bytes, live } = buffers[id]!;
    const size = Math.ceil(bytes / BUFFER_ALIGNMENT) * BUFFER_ALIGNMENT;
    const neighbours = placed.filter((other) => other.live[0] <= live[1] && live[0] <= other.live[1]);
    const begin = bestOffset(size, neighbours);
    offsets[id] = begin;
    arenaBytes = Math.max(arenaBytes, begin + bytes + READ_PADDING);
    const entry = { begin, end: begin + size, live };
    const at = placed.findIndex((other) => other.begin > begin);
    placed.splice(at < 0 ? placed.length : at, 0, entry);
  }
  return { offsets, arenaBytes, lowerBound: lowerBoundOf(buffers) };
}
