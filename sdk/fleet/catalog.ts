import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MetadataKind, Metadata, type Targets } from '@tufjs/models';
import { UpdateError } from '../core/errors.ts';
import { encodeChunk } from './chunk.ts';
import { storing } from './durable-file.ts';
import type { FleetDirectory } from './fleet-directory.ts';
import { encodeMessage, type Offer } from './messages.ts';
import { blobOf, chunkLength, releaseOf, type Release } from './release.ts';

/** What a fleet directory offers now. */
export interface Catalog {
  readonly targets: Metadata<Targets> | undefined;
  /** Bytes of the signed metadata as they are published. */
  readonly bytes: Uint8Array;
  readonly releases: readonly Release[];
  /** By the name of their blob in topics. */
  readonly blobs: ReadonlyMap<string, Release>;
}

/** A retained message that tells devices what to run. */
export interface Announcement {
  readonly topic: string;
  readonly payload: Uint8Array;
}

const EMPTY: Catalog = Object.freeze({ targets: undefined, bytes: new Uint8Array(), releases: [], blobs: new Map<string, Release>() });

/** @throws UpdateError `wrong-signature` or `invalid-target` when the repository was not written by this fleet's keys */
export async function readCatalog(fleet: FleetDirectory): Promise<Catalog> {
  const bytes = await storing(fleet.targetsPath, () => readFile(fleet.targetsPath).catch((cause: unknown) => {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw cause;
  }));
  if (bytes === undefined) return EMPTY;
  try {
    const json = JSON.parse(Buffer.from(bytes).toString('utf8')) as Parameters<typeof Metadata.fromJSON>[1];
    const targets = Metadata.fromJSON(MetadataKind.Targets, json);
    fleet.anchor.root.verifyDelegate(MetadataKind.Targets, targets);
    const releases = Object.values(targets.signed.targets).map(releaseOf);
    return { targets, bytes, releases, blobs: new Map(releases.map((release) => [blobOf(release), release])) };
  } catch (cause) {
    if (cause instanceof UpdateError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UpdateError('wrong-signature', `${fleet.targetsPath}: ${reason}; restore it or publish into a new fleet directory`, { cause });
  }
}

/** Metadata first, then one offer for each release. */
export function announcementsOf(fleet: FleetDirectory, { targets, bytes, releases }: Catalog): Announcement[] {
  if (!targets) return [];
  const offers = releases.map((release) => {
    const offer: Offer = { v: 1, target: release.target, metadata: targets.signed.version };
    return { topic: fleet.topics.offer(release.class, release.channel), payload: encodeMessage(offer) };
  });
  return [{ topic: fleet.topics.targets, payload: bytes }, ...offers];
}

/**
 * The packet of one chunk, read from the blob's file.
 * @throws UpdateError `damaged-blob` when the file is shorter than signed
 */
export async function readChunk(fleet: FleetDirectory, release: Release, n: number): Promise<Uint8Array> {
  const path = join(fleet.blobs, release.sha256);
  const bytes = new Uint8Array(chunkLength(release, n));
  const file = await open(path, 'r');
  try {
    const { bytesRead } = await file.read(bytes, 0, bytes.length, n * release.chunkSize);
    if (bytesRead !== bytes.length) throw new UpdateError('damaged-blob', `${path}: ends within chunk ${n}; publish the model again`);
  } finally {
    await file.close();
  }
  return encodeChunk({ blob: blobOf(release), n, total: release.chunks.length, bytes });
}
