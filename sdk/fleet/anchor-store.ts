import { join } from 'node:path';
import { OptionError } from '../core/errors.ts';
import { readFile, replaceFile } from './durable-file.ts';
import type { FileSystem } from './file-system.ts';
import { ROOT_BYTES, parseAnchor, type TrustAnchor } from './trust.ts';

/**
 * The trust anchor pinned in a device directory; `given` is pinned where there is none.
 * @throws OptionError when there is none or `given` is another one, UpdateError when it is not signed by itself
 */
export async function pinAnchor(fs: FileSystem, directory: string, given: Uint8Array | undefined): Promise<TrustAnchor> {
  const path = join(directory, 'root.json');
  const pinned = await readFile(fs, path, ROOT_BYTES);
  if (pinned && given && Buffer.compare(pinned, given) !== 0) {
    throw new OptionError('other-trust-anchor', `${path}: differs from the one given; a device keeps its first: leave it out or use a new directory`);
  }
  const bytes = pinned ?? given;
  if (!bytes) throw new OptionError('no-trust-anchor', `${path}: missing; copy root.json of the fleet directory there or pass it`);
  const anchor = parseAnchor(bytes, pinned ? path : 'trust anchor');
  if (!pinned) await replaceFile(fs, path, bytes);
  return anchor;
}
