import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Metadata, Root } from '@tufjs/models';
import * as v from 'valibot';
import { kindOf } from '../core/arguments.ts';
import { OptionError, UpdateError } from '../core/errors.ts';
import { nameSchema, parseMessage } from './messages.ts';
import { ROLES, generateKey, readKey, type RoleName, type SigningKey } from './signing.ts';
import { checkName, topicsOf, type Topics } from './topics.ts';
import { parseAnchor, type TrustAnchor } from './trust.ts';
import { usable } from './usable.ts';

/** A publisher's directory: keys/ (private), root.json (what devices trust), fleet.json, repository/ (what is offered). */
export interface FleetDirectory {
  readonly tenant: string;
  readonly topics: Topics;
  readonly anchor: TrustAnchor;
  /** Bytes of root.json. */
  readonly root: Uint8Array;
  /** Path of the signed targets metadata. */
  readonly targetsPath: string;
  /** Directory of model files, named by their SHA-256. */
  readonly blobs: string;
  /** @throws UpdateError when the key file is missing or broken */
  key(role: RoleName): Promise<SigningKey>;
}

const fleetSchema = v.strictObject({ v: v.literal(1), tenant: nameSchema });
const ROOT_YEARS = 10;

/** Years or days from now, as TUF writes it: to the second. */
export function expiresIn(now: Date, days: number): string {
  return `${new Date(now.getTime() + days * 86_400_000).toISOString().slice(0, 19)}Z`;
}

/**
 * Makes keys for every role, the signed root metadata and an empty repository.
 * @throws OptionError when the directory already is a fleet, whose keys are never overwritten, or cannot be one
 */
export async function initFleet(directory: string, options: { tenant?: string; now?: Date } = {}): Promise<FleetDirectory> {
  const { tenant = 'fleet', now = new Date() } = options;
  checkDirectory(directory, 'initFleet');
  checkName('tenant', tenant);
  await usable(directory, async () => {
    await mkdir(join(directory, 'repository', 'blobs'), { recursive: true });
    await mkdir(join(directory, 'keys'), { recursive: true, mode: 0o700 });
  });
  const root = new Root({
    version: 1, specVersion: '1.0.31', expires: expiresIn(now, ROOT_YEARS * 365), consistentSnapshot: false, unrecognizedFields: { tenant },
  });
  const keys = ROLES.map((role) => ({ role, ...generateKey() }));
  for (const { role, signingKey, file } of keys) {
    root.addKey(signingKey.key, role);
    await createFile(join(directory, 'keys', `${role}.json`), file, 0o600);
  }
  const metadata = new Metadata(root);
  for (const { role, signingKey } of keys) if (role === 'root') metadata.sign((data) => signingKey.sign(data));
  await createFile(join(directory, 'root.json'), `${JSON.stringify(metadata.toJSON(), undefined, 2)}\n`, 0o644);
  await createFile(join(directory, 'fleet.json'), `${JSON.stringify({ v: 1, tenant })}\n`, 0o644);
  return openFleet(directory);
}

/** For programs in JavaScript. @throws OptionError where this is no path */
function checkDirectory(value: unknown, where: string): void {
  if (typeof value === 'string' && value !== '') return;
  throw new OptionError('invalid-option', `${where}: found ${kindOf(value)}; must be the path of a fleet's directory, e.g. 'factory'`);
}

/** A file that `fleet init` made. @throws OptionError when it cannot be read */
function readMade(directory: string, name: string): Promise<Uint8Array> {
  return readFile(join(directory, name)).catch((cause: unknown) => {
    throw new OptionError('not-a-fleet', `${directory}: ${name} cannot be read; pass the directory made by 'fleet init'`, { cause });
  });
}

/** @throws OptionError when `directory` is not a fleet directory, UpdateError when its files are broken */
export async function openFleet(directory: string): Promise<FleetDirectory> {
  checkDirectory(directory, 'openFleet');
  // One after the other: of several that are missing, the same one is always named.
  const fleet = await readMade(directory, 'fleet.json');
  const root = await readMade(directory, 'root.json');
  const { tenant } = parseMessage(fleetSchema, fleet, 4096, join(directory, 'fleet.json'), 'restore it');
  const anchor = parseAnchor(root, join(directory, 'root.json'));
  if (anchor.tenant !== tenant) {
    throw new UpdateError('invalid-root', `${directory}: fleet.json says tenant '${tenant}', root.json '${anchor.tenant}'; restore the files`);
  }
  return {
    tenant,
    topics: topicsOf(tenant),
    anchor,
    root,
    targetsPath: join(directory, 'repository', 'targets.json'),
    blobs: join(directory, 'repository', 'blobs'),
    key: async (role) => {
      const path = join(directory, 'keys', `${role}.json`);
      const bytes = await readFile(path).catch((cause: unknown) => {
        throw new UpdateError('no-key', `${path}: cannot be read; signing needs the ${role} key`, { cause });
      });
      return readKey(bytes, path);
    },
  };
}

async function createFile(path: string, content: string | Uint8Array, mode: number): Promise<void> {
  try {
    await writeFile(path, content, { flag: 'wx', mode });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    throw new OptionError('fleet-exists', `${path}: exists already; choose another directory, keys are never overwritten`, { cause });
  }
}
