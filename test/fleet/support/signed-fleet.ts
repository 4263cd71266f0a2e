import { createHash } from 'node:crypto';
import { Metadata, Root, TargetFile, Targets } from '@tufjs/models';
import { runGolden } from '../../../sdk/fleet/golden.ts';
import { encodeMessage } from '../../../sdk/fleet/messages.ts';
import type { Release, ReleaseCustom } from '../../../sdk/fleet/release.ts';
import { ROLES, generateKey, type SigningKey } from '../../../sdk/fleet/signing.ts';
import { topicsOf } from '../../../sdk/fleet/topics.ts';
import { modelFile, openFake } from './fake-model.ts';

export const TENANT = 'acme';
export const topics = topicsOf(TENANT);

export interface SignedFleet {
  readonly root: Uint8Array;
  readonly targetsKey: SigningKey;
}

/** Keys and root metadata in memory. */
export function createSignedFleet(rootChange: Partial<ConstructorParameters<typeof Root>[0]> = {}): SignedFleet {
  const keys = ROLES.map((role) => ({ role, ...generateKey() }));
  const root = new Root({
    version: 1, specVersion: '1.0.31', expires: '2100-01-01T00:00:00Z', consistentSnapshot: false, unrecognizedFields: { tenant: TENANT },
    ...rootChange,
  });
  for (const { role, signingKey } of keys) root.addKey(signingKey.key, role);
  const metadata = new Metadata(root);
  metadata.sign((data) => keys[0]!.signingKey.sign(data));
  return { root: encodeMessage(metadata.toJSON()), targetsKey: keys[1]!.signingKey };
}

/** Describes the fake model `label`. */
export async function releaseFor(label: string, counter: number, change: Partial<Release> = {}): Promise<{ release: Release; bytes: Uint8Array }> {
  const bytes = modelFile(label);
  const chunkSize = 4096;
  const chunks: string[] = [];
  for (let at = 0; at < bytes.length; at += chunkSize) chunks.push(hash(bytes.subarray(at, at + chunkSize)));
  const golden = label.startsWith('unopenable') || label.startsWith('hangs')
    ? { seed: 1, outputs: [hash(Buffer.from('any'))] }
    : await runGolden(await openFake(bytes), 4711);
  return {
    bytes,
    release: {
      model: 'person', version: label, counter, format: 'fake', class: 'default', channel: 'stable', chunkSize, chunks, golden,
      target: `models/person/${label}`, sha256: hash(bytes), length: bytes.length, ...change,
    },
  };
}

/** Signed targets metadata with these releases. */
export function signTargets(key: SigningKey, version: number, releases: readonly Release[], expires = '2100-01-01T00:00:00Z'): Uint8Array {
  const targets = new Targets({ version, specVersion: '1.0.31', expires });
  for (const { target, sha256, length, ...rest } of releases) {
    const custom: ReleaseCustom = rest;
    targets.addTarget(new TargetFile({ path: target, length, hashes: { sha256 }, unrecognizedFields: { custom } }));
  }
  const metadata = new Metadata(targets);
  metadata.sign((data) => key.sign(data));
  return encodeMessage(metadata.toJSON());
}

export function offerOf(release: Release, metadata: number): Uint8Array {
  return encodeMessage({ v: 1, target: release.target, metadata });
}

export function hash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

