import { keyPairOf } from '../../../ed25519.js';
import { toBase58 } from '../../../wire/code/base58.js';

/** The sequencer's ed25519 key, with which it signs what it tells merchants. */
export interface SigningKey {
  /** The public key in base58, as Code writes keys; it is also the key's id in a JWKS. */
  readonly publicKey: string;
  /** The public key as a JWK (RFC 8037). */
  readonly jwk: Readonly<Record<string, string>>;
  /** A compact JWT (RFC 7519) of the claims, in their order. */
  sign(claims: Readonly<Record<string, unknown>>): string;
}

/** Makes the key of a seed of 32 bytes. */
export function makeSigningKey(seed: Uint8Array): SigningKey {
  const pair = keyPairOf(seed);
  const x = pair.publicKey.toString('base64url');
  const publicKey = toBase58(pair.publicKey);
  const header = encode({ alg: 'EdDSA', kid: publicKey, typ: 'JWT' });
  return {
    publicKey,
    jwk: { kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig', kid: publicKey, x },
    sign: (claims) => {
      const signed = `${header}.${encode(claims)}`;
      return `${signed}.${pair.sign(Buffer.from(signed)).toString('base64url')}`;
    },
  };
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
