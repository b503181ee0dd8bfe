import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
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

/** What stands before the 32 bytes of a seed in the PKCS #8 form. */
const PKCS8_HEADER = Buffer.from('302e020100300506032b657004220420', 'hex');
const SEED_BYTES = 32;

/** Makes the key of a seed of 32 bytes. */
export function makeSigningKey(seed: Uint8Array): SigningKey {
  if (seed.length !== SEED_BYTES) throw new RangeError(`a seed has ${SEED_BYTES} bytes`);
  const der = Buffer.concat([PKCS8_HEADER, seed]);
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const { x = '' } = createPublicKey(privateKey).export({ format: 'jwk' });
  const publicKey = toBase58(Buffer.from(x, 'base64url'));
  const header = encode({ alg: 'EdDSA', kid: publicKey, typ: 'JWT' });
  return {
    publicKey,
    jwk: { kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig', kid: publicKey, x },
    sign: (claims) => {
      const signed = `${header}.${encode(claims)}`;
      return `${signed}.${sign(null, Buffer.from(signed), privateKey).toString('base64url')}`;
    },
  };
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
