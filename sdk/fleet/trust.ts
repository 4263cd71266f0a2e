import { Metadata, MetadataKind, type Root, type Targets } from '@tufjs/models';
import * as v from 'valibot';
import { UpdateError } from '../core/errors.ts';
import { MESSAGE_BYTES, checkMessage, counterSchema, excerpt, nameSchema, parseJson, sha256Schema } from './messages.ts';
import { releaseOf, type Release } from './release.ts';

/** What a device is told to trust at the factory: the root metadata, which also names the tenant. */
export interface TrustAnchor {
  readonly tenant: string;
  readonly root: Metadata<Root>;
}

/** Targets metadata that this fleet's key signed, that is not expired and not older than seen. */
export interface VerifiedTargets {
  readonly version: number;
  /**
   * The release at a target path, or undefined where there is none.
   * @throws UpdateError `invalid-target` when the target cannot be installed by this version
   */
  release(path: string): Release | undefined;
}

/** Most targets in one metadata file: devices need the current release of each class and channel only. */
export const MAX_TARGETS = 256;
/** Largest root metadata, in bytes. */
export const ROOT_BYTES = 65_536;

const signaturesSchema = v.pipe(
  v.array(v.strictObject({ keyid: sha256Schema, sig: v.pipe(v.string(), v.regex(/^[0-9a-f]{128}$/)) })),
  v.maxLength(16),
);

const isSmall = (most: number) => v.pipe(
  v.record(v.string(), v.record(v.string(), v.unknown())),
  v.check((entries) => Object.keys(entries).length <= most, `must have at most ${most} entries`),
);

const expiresSchema = v.pipe(v.string(), v.isoTimestamp(), v.check((text) => Number.isFinite(Date.parse(text)), 'must be a date'));

// The models library parses before it verifies: what it parses is bounded here.
const rootSchema = v.looseObject({
  signatures: signaturesSchema,
  signed: v.looseObject({ version: counterSchema, expires: expiresSchema, tenant: nameSchema, keys: isSmall(64), roles: isSmall(64) }),
});
const targetsSchema = v.looseObject({
  signatures: signaturesSchema,
  signed: v.looseObject({
    version: v.pipe(counterSchema, v.minValue(1)),
    expires: expiresSchema,
    targets: isSmall(MAX_TARGETS),
    delegations: v.optional(v.never('delegations are not supported by this version')),
  }),
});

type Json = Parameters<typeof Metadata.fromJSON>[1];

const COPY_AGAIN = 'copy root.json from the fleet directory or its backup again';

/**
 * Reads a trust anchor and checks that it is signed by its own root keys.
 * @param where name of its file, for messages
 * @throws UpdateError `malformed-message` or `invalid-root`
 */
export function parseAnchor(bytes: Uint8Array, where: string): TrustAnchor {
  const json = parseJson(bytes, ROOT_BYTES, where, COPY_AGAIN);
  const { signed } = checkMessage(rootSchema, json, where, COPY_AGAIN);
  try {
    const root = Metadata.fromJSON(MetadataKind.Root, json as Json);
    root.verifyDelegate(MetadataKind.Root, root);
    return { tenant: signed.tenant, root };
  } catch (cause) {
    throw new UpdateError('invalid-root', `${where}: ${reasonOf(cause)}; ${COPY_AGAIN}`, { cause });
  }
}

/**
 * TUF client workflow 5.6 for one pinned root: signatures, rollback, freeze.
 * @param least metadata version seen before
 * @throws UpdateError `malformed-message`, `wrong-signature`, `metadata-rollback` or `metadata-expired`
 */
export function verifyTargets(anchor: TrustAnchor, bytes: Uint8Array, { now, least }: { now: Date; least: number }): VerifiedTargets {
  const json = parseJson(bytes, MESSAGE_BYTES.targets, 'targets metadata');
  checkMessage(targetsSchema, json, 'targets metadata');
  const targets = readSigned(anchor, json as Json);
  const { version } = targets.signed;
  if (version < least) {
    throw new UpdateError('metadata-rollback', `targets metadata: version ${version} is older than ${least}, seen before; it is ignored`);
  }
  for (const [name, signed] of [['root', anchor.root.signed], ['targets', targets.signed]] as const) {
    if (signed.isExpired(now)) {
      const what = `${name} metadata: expired ${signed.expires}, now ${now.toISOString()}`;
      throw new UpdateError('metadata-expired', `${what}; sign it anew or set the clock`);
    }
  }
  return {
    version,
    release: (path) => {
      const target = Object.hasOwn(targets.signed.targets, path) ? targets.signed.targets[path] : undefined;
      return target && releaseOf(target);
    },
  };
}

function readSigned(anchor: TrustAnchor, json: Json): Metadata<Targets> {
  try {
    const targets = Metadata.fromJSON(MetadataKind.Targets, json);
    anchor.root.verifyDelegate(MetadataKind.Targets, targets);
    return targets;
  } catch (cause) {
    const what = `targets metadata: ${reasonOf(cause)}; only metadata signed with this fleet's targets key is accepted`;
    throw new UpdateError('wrong-signature', what, { cause });
  }
}

function reasonOf(cause: unknown): string {
  return excerpt(cause instanceof Error ? cause.message : String(cause));
}
