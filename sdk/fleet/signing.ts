import { createPrivateKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { Key, Signature } from '@tufjs/models';
import * as v from 'valibot';
import { parseMessage, sha256Schema } from './messages.ts';
import { sha256 } from './sha256.ts';

/** The roles of a TUF repository, in the order their keys are made. */
export const ROLES = ['root', 'targets', 'snapshot', 'timestamp'] as const;

export type RoleName = (typeof ROLES)[number];

/** A private Ed25519 key with its public side as TUF describes it. */
export interface SigningKey {
  readonly key: Key;
  /** Signs canonical bytes. */
  sign(data: Uint8Array): Signature;
}

const keyFileSchema = v.strictObject({
  keyid: sha256Schema,
  keytype: v.literal('ed25519'),
  scheme: v.literal('ed25519'),
  /** PKCS #8 in PEM. */
  private: v.pipe(v.string(), v.maxLength(1024)),
});

export function generateKey(): { signingKey: SigningKey; file: Uint8Array } {
  const { privateKey } = generateKeyPairSync('ed25519');
  const signingKey = signingKeyOf(privateKey);
  const file = {
    keyid: signingKey.key.keyID, keytype: 'ed25519', scheme: 'ed25519', private: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  };
  return { signingKey, file: Buffer.from(`${JSON.stringify(file, undefined, 2)}\n`) };
}

/** @throws UpdateError `malformed-message` when `bytes` is not a key file */
export function readKey(bytes: Uint8Array, where: string): SigningKey {
  return signingKeyOf(createPrivateKey(parseMessage(keyFileSchema, bytes, 4096, where, 'restore it').private));
}

function signingKeyOf(privateKey: KeyObject): SigningKey {
  const hex = Buffer.from(privateKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('hex');
  // Canonical JSON of the key object: TUF specification 4.2, keyid.
  const keyID = sha256(`{"keytype":"ed25519","keyval":{"public":"${hex}"},"scheme":"ed25519"}`);
  const key = new Key({ keyID, keyType: 'ed25519', scheme: 'ed25519', keyVal: { public: hex } });
  return { key, sign: (data) => new Signature({ keyID, sig: sign(null, data, privateKey).toString('hex') }) };
}
