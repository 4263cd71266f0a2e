import { describe, expect, it } from 'vitest';
import { releaseToInstall, type Situation } from '../../sdk/fleet/decide.ts';
import { generateKey, readKey } from '../../sdk/fleet/signing.ts';
import type { Installed } from '../../sdk/fleet/state-record.ts';
import { parseAnchor, verifyTargets } from '../../sdk/fleet/trust.ts';
import { createSignedFleet, releaseFor, signTargets } from './support/signed-fleet.ts';

const fleet = createSignedFleet();
const anchor = parseAnchor(fleet.root, 'root.json');
const now = new Date('2026-09-21T00:00:00Z');
const { release } = await releaseFor('1.0', 1);
const verify = (bytes: Uint8Array, least = 0) => verifyTargets(anchor, bytes, { now, least });
interface SignedJson { signatures: { keyid: string; sig: string }[]; signed: Record<string, unknown> }

const changed = (bytes: Uint8Array, change: (json: SignedJson) => void): Uint8Array => {
  const json = JSON.parse(Buffer.from(bytes).toString()) as SignedJson;
  change(json);
  return Buffer.from(JSON.stringify(json));
};
const refusal = (code: string): unknown => expect.objectContaining({ name: 'UpdateError', code });

describe('trust anchor', () => {
  it('names the tenant and must be signed by its own root keys', () => {
    expect(anchor.tenant).toBe('acme');
    expect(() => parseAnchor(changed(fleet.root, ({ signed }) => { signed['tenant'] = 'other'; }), 'root.json')).toThrow(refusal('invalid-root'));
    expect(() => parseAnchor(changed(fleet.root, (json) => { json.signatures = []; }), 'root.json')).toThrow(refusal('invalid-root'));
    expect(() => parseAnchor(Buffer.from('{}'), 'root.json')).toThrow(refusal('malformed-message'));
    expect(() => parseAnchor(new Uint8Array(70_000), 'root.json')).toThrow(/allowed are 65536/);
  });
});

describe('targets metadata', () => {
  const bytes = signTargets(fleet.targetsKey, 3, [release]);

  it('gives the releases it describes', () => {
    const targets = verify(bytes, 3);
    expect(targets.version).toBe(3);
    expect(targets.release(release.target)).toEqual(release);
    expect(targets.release('__proto__')).toBeUndefined();
  });

  it('is refused when signed by another key, changed, or not signed', () => {
    expect(() => verify(signTargets(generateKey().signingKey, 3, [release]))).toThrow(refusal('wrong-signature'));
    expect(() => verify(changed(bytes, ({ signed }) => { signed['version'] = 4; }))).toThrow(refusal('wrong-signature'));
    expect(() => verify(changed(bytes, (json) => { json.signatures = []; }))).toThrow(refusal('wrong-signature'));
    const damaged = changed(bytes, ({ signatures }) => { signatures[0]!.sig = 'ab'.repeat(64); });
    const doubled = changed(bytes, (json) => { json.signatures.push(json.signatures[0]!); });
    for (const wrong of [damaged, doubled]) expect(() => verify(wrong)).toThrow(refusal('wrong-signature'));
  });

  it('is refused when older than seen or expired; the pinned root may not be expired either', () => {
    expect(() => verify(bytes, 4)).toThrow(refusal('metadata-rollback'));
    expect(() => verify(signTargets(fleet.targetsKey, 3, [release], '2026-09-20T23:59:59Z'))).toThrow(refusal('metadata-expired'));
    expect(() => verify(signTargets(fleet.targetsKey, 3, [release], 'soon'))).toThrow(refusal('malformed-message'));
    const old = createSignedFleet({ expires: '2026-01-01T00:00:00Z' });
    const signed = signTargets(old.targetsKey, 1, [release]);
    expect(() => verifyTargets(parseAnchor(old.root, 'root.json'), signed, { now, least: 0 })).toThrow(/root metadata: expired/);
  });

  it('is refused before it is parsed when it is too large in any dimension', () => {
    const targets = Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`t${n}`, {}]));
    const many = changed(bytes, ({ signed }) => { signed['targets'] = targets; });
    expect(() => verify(many)).toThrow(/signed.targets: must have at most 256 entries/);
    const crowded = changed(bytes, (json) => { json.signatures = Array(17).fill(json.signatures[0]); });
    expect(() => verify(crowded)).toThrow(refusal('malformed-message'));
    expect(() => verify(changed(bytes, ({ signed }) => { signed['delegations'] = {}; }))).toThrow(/delegations are not supported/);
    expect(() => verify(Buffer.alloc(5_000_001, 0x20))).toThrow(/allowed are 5000000/);
    const deep = Buffer.from(`{"signed":${'['.repeat(200_000)}${']'.repeat(200_000)},"signatures":[]}`);
    expect(() => verify(deep)).toThrow(refusal('malformed-message'));
  });

  it.each([
    ['a chunk list that does not fit the length', { length: 5 }],
    ['no counter', { counter: 0 }],
    ['a chunk size out of range', { chunkSize: 1024 }],
    ['no golden outputs', { golden: { seed: 1, outputs: [] } }],
    ['a hash of another kind', { sha256: 'abc' }],
  ])('describes no usable release with %s', (_, change) => {
    const targets = verify(signTargets(fleet.targetsKey, 3, [{ ...release, ...change }]));
    expect(() => targets.release(release.target)).toThrow(refusal('invalid-target'));
  });
});

describe('decision', () => {
  const installed = (counter: number, sha256 = release.sha256): Installed => ({
    slot: 'a', model: 'person', version: '1', counter, sha256, length: 1, golden: release.golden, selfTest: null,
  });
  const decide = (change: Partial<Situation> = {}, signed = release) => releaseToInstall({
    targets: verify(signTargets(fleet.targetsKey, 3, [signed])), offer: { v: 1, target: release.target, metadata: 3 },
    class: 'default', channel: 'stable', running: undefined, failed: [], ...change,
  });

  it('installs a release with a higher counter, or any when nothing runs', () => {
    expect(decide()).toEqual(release);
    expect(decide({ running: installed(1, 'other') }, { ...release, counter: 2 })).toMatchObject({ counter: 2 });
  });

  it('waits for offer and metadata, and leaves alone what runs or failed before', () => {
    expect(decide({ targets: undefined })).toBeUndefined();
    expect(decide({ offer: undefined })).toBeUndefined();
    expect(decide({ offer: { v: 1, target: release.target, metadata: 4 } })).toBeUndefined();
    expect(decide({ offer: { v: 1, target: 'gone', metadata: 2 } })).toBeUndefined();
    expect(decide({ running: installed(1) })).toBeUndefined();
    expect(decide({ failed: [{ sha256: release.sha256, counter: 1, code: 'x', message: 'x' }] })).toBeUndefined();
  });

  it('tries a failed file again under a higher counter', () => {
    const failed = [{ sha256: release.sha256, counter: 1, code: 'x', message: 'x' }];
    expect(decide({ failed }, { ...release, counter: 2 })).toMatchObject({ counter: 2 });
  });

  it('refuses lower counters, the same counter on other bytes, other classes and channels, and unknown targets', () => {
    expect(() => decide({ running: installed(2) })).toThrow(refusal('release-rollback'));
    expect(() => decide({ running: installed(1, 'other') })).toThrow(refusal('release-rollback'));
    expect(() => decide({ class: 'pi5' })).toThrow(refusal('wrong-target'));
    expect(() => decide({ channel: 'beta' })).toThrow(refusal('wrong-target'));
    expect(() => decide({ offer: { v: 1, target: 'gone', metadata: 3 } })).toThrow(refusal('unknown-target'));
  });
});

describe('keys', () => {
  it('come back from their file and sign with the same id', () => {
    const { signingKey, file } = generateKey();
    const again = readKey(file, 'key');
    expect(again.key.keyID).toBe(signingKey.key.keyID);
    expect(again.sign(Buffer.from('x')).sig).toBe(signingKey.sign(Buffer.from('x')).sig);
    expect(() => readKey(Buffer.from('{}'), 'keys/targets.json')).toThrow(/keys\/targets.json/);
  });
});
