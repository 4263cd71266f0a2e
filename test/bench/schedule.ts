import type { Peer } from './peers/types.ts';

/** One process to run. */
export interface Slot {
  readonly round: number;
  readonly net: string;
  readonly node: number;
  readonly threads: number;
  readonly peer: Peer;
}

export interface Scope {
  readonly rounds: number;
  readonly nets: readonly string[];
  readonly nodes: readonly number[];
  readonly threads: readonly number[];
  readonly peers: readonly Peer[];
}

/**
 * Order of the processes: everything compared with each other (a net with a number of threads) runs back to back, in every round
 * from another start, and rounds follow each other, so that slow drift and short disturbances hit all alike.
 */
export function schedule({ rounds, nets, nodes, threads, peers }: Scope): Slot[] {
  return Array.from({ length: rounds }, (_, round) => threads.flatMap((count) => nets.flatMap((net) => {
    const group = nodes.flatMap((node) => peers
      .filter((peer) => peer.exists(node, count))
      .map((peer): Slot => ({ round, net, node, threads: count, peer })));
    const start = Math.floor((round * group.length) / rounds);
    return [...group.slice(start), ...group.slice(0, start)];
  }))).flat();
}
