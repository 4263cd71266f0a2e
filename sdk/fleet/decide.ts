import { UpdateError } from '../core/errors.ts';
import { excerpt, type Offer } from './messages.ts';
import type { Release } from './release.ts';
import type { Failure, Installed } from './state-record.ts';
import type { VerifiedTargets } from './trust.ts';

export interface Situation {
  readonly targets: VerifiedTargets | undefined;
  readonly offer: Offer | undefined;
  readonly class: string;
  readonly channel: string;
  /** What is loaded now. */
  readonly running: Installed | undefined;
  readonly failed: readonly Failure[];
}

/**
 * The release to install now; undefined when there is nothing to do:
 * no offer yet, its metadata not here yet, it runs already, or it failed here before.
 * @throws UpdateError `unknown-target`, `wrong-target`, `release-rollback` or `invalid-target` when the offer must not be followed
 */
export function releaseToInstall({ targets, offer, class: deviceClass, channel, running, failed }: Situation): Release | undefined {
  if (!targets || !offer || targets.version < offer.metadata) return undefined;
  const release = targets.release(offer.target);
  if (!release) {
    if (targets.version > offer.metadata) return undefined;
    throw new UpdateError('unknown-target', `offer: target '${excerpt(offer.target)}' is not in metadata version ${targets.version}; it is ignored`);
  }
  if (release.class !== deviceClass || release.channel !== channel) {
    const found = `class '${release.class}', channel '${release.channel}'`;
    throw new UpdateError('wrong-target', `offer: '${release.target}' is for ${found}, allowed are '${deviceClass}', '${channel}'; it is ignored`);
  }
  if (running && isSame(release, running)) return undefined;
  if (running && release.counter <= running.counter) {
    const what = `offer: release counter ${release.counter} is not above ${running.counter}, which runs`;
    throw new UpdateError('release-rollback', `${what}; to go back, publish the old model again`);
  }
  return failed.some((failure) => isSame(release, failure)) ? undefined : release;
}

function isSame(a: { sha256: string; counter: number }, b: { sha256: string; counter: number }): boolean {
  return a.counter === b.counter && a.sha256 === b.sha256;
}
