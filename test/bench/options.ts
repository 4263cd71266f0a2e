import { parseArgs } from 'node:util';
import { peers } from './peers/index.ts';
import type { Peer, Timing } from './peers/types.ts';

export const USAGE = `Latency, cold start and memory of halfbyte beside other engines, pinned to cores, each in fresh processes.
npm run bench -- [--quick] [--nets a,b] [--peers litert,tfjs | --skip-peers] [--threads 1,2] [--nodes 20,24]
  --quick       one short round (about ten minutes for everything) instead of three full ones (about an hour)
  --nets        models by name (default: the real models, without them a few fixtures)
  --peers       engines beside halfbyte: ${familiesOf(peers).join(', ')} (default: all)
  --skip-peers  halfbyte alone
  --threads     numbers of threads and cores (default 1,2)
  --nodes       Node major versions (default 20,24)
Peers and Nodes are installed from npm into build/ when first needed. Writes build/bench/bench.json and bench.svg.
`;

export interface BenchOptions {
  readonly nets: readonly string[] | undefined;
  readonly peers: readonly Peer[];
  readonly threads: readonly number[];
  readonly nodes: readonly number[];
  readonly rounds: number;
  readonly timing: Timing;
}

const FULL: Timing = { warmMs: 1500, warmLimitMs: 10_000, windowMs: 300, measureMs: 1000, leastRuns: 15 };
const QUICK: Timing = { warmMs: 300, warmLimitMs: 2500, windowMs: 150, measureMs: 300, leastRuns: 7 };
const ROUNDS = 3;

function familiesOf(list: readonly Peer[]): string[] {
  return [...new Set(list.filter(({ kind }) => kind !== 'own').map(({ family }) => family))];
}

function listOf(text: string): string[] {
  return text.split(',').map((part) => part.trim()).filter((part) => part !== '');
}

function numbersOf(name: string, text: string, least: number, most: number): number[] {
  return listOf(text).map((part) => {
    const value = Number(part);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw new Error(`--${name}: '${part}' is invalid; allowed: whole numbers from ${least} to ${most}, separated by commas`);
  });
}

function selectPeers(families: string | undefined, skip: boolean): readonly Peer[] {
  if (skip) return peers.filter(({ kind }) => kind === 'own');
  if (families === undefined) return peers;
  const wanted = listOf(families);
  const unknown = wanted.find((family) => !familiesOf(peers).includes(family));
  if (unknown !== undefined) throw new Error(`--peers: '${unknown}' is unknown; allowed: ${familiesOf(peers).join(', ')}`);
  return peers.filter(({ kind, family }) => kind === 'own' || wanted.includes(family));
}

/** Options of the command line, or undefined where it asks for help. @throws Error that says what is allowed. */
export function parseBenchOptions(args: readonly string[]): BenchOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      nets: { type: 'string' },
      peers: { type: 'string' },
      'skip-peers': { type: 'boolean', default: false },
      threads: { type: 'string', default: '1,2' },
      nodes: { type: 'string', default: '20,24' },
    },
  });
  if (values.help) return undefined;
  return {
    nets: values.nets === undefined ? undefined : listOf(values.nets),
    peers: selectPeers(values.peers, values['skip-peers']),
    threads: numbersOf('threads', values.threads, 1, 16),
    nodes: numbersOf('nodes', values.nodes, 20, 99),
    rounds: values.quick ? 1 : ROUNDS,
    timing: values.quick ? QUICK : FULL,
  };
}
