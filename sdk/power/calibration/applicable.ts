import { thisMachine } from '../../core/machine.ts';
import type { BoardProfile, ProfiledModels } from './profile.ts';

/** What of a profile holds here. */
export interface Applicable {
  readonly profile?: BoardProfile;
  /** What does not hold, and why. */
  readonly problem?: string;
}

/** What a profile tells of this machine and these models: nothing where it is of another machine, no latencies of another Node, kernel or file. */
export function applicable(profile: BoardProfile, board: string, { kernel, variants = [] }: ProfiledModels): Applicable {
  const here = thisMachine();
  const { machine } = profile;
  if (profile.board !== board) return { problem: `it is of '${profile.board}', this is '${board}'; it is ignored` };
  if (machine.processor !== here.processor || machine.cores !== here.cores) {
    return { problem: `it is of '${machine.processor}' with ${machine.cores} cores, this is '${here.processor}' with ${here.cores}; it is ignored` };
  }
  const withoutLatencies = (why: string): Applicable => ({ profile: { ...profile, latencies: [] }, problem: `its latencies are of ${why}; they are ignored` });
  if (machine.node !== here.node) return withoutLatencies(`Node ${machine.node}, this is ${here.node}`);
  if (kernel !== undefined && profile.kernel !== kernel) return withoutLatencies(`kernel '${profile.kernel ?? 'not stated'}', this is '${kernel}'`);
  const hashes = new Map(variants.map(({ name, sha256 }) => [name, sha256]));
  const holds = ({ variant, sha256 }: BoardProfile['latencies'][number]): boolean => !hashes.has(variant) || hashes.get(variant) === sha256;
  const changed = new Set(profile.latencies.filter((row) => !holds(row)).map(({ variant }) => `'${variant}'`));
  if (changed.size === 0) return { profile };
  return { profile: { ...profile, latencies: profile.latencies.filter(holds) }, problem: `its latencies of ${[...changed].join(', ')} are of other files; they are ignored` };
}
