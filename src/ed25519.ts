import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';

/** An ed25519 key pair. */
export interface KeyPair {
  /** 32 bytes. */
  readonly publicKey: Buffer;
  /** 64 bytes. */
  sign(data: Uint8Array): Buffer;
}

/** What stands before the 32 bytes of a seed in the PKCS #8 form (RFC 8410, section 7). */
const PKCS8_HEADER = Buffer.from('302e020100300506032b657004220420', 'hex');
const SEED_BYTES = 32;

/** The key pair of a seed. Throws RangeError where that has not 32 bytes. */
export function keyPairOf(seed: Uint8Array): KeyPair {
  if (seed.length !== SEED_BYTES) throw new RangeError(`a seed has ${SEED_BYTES} bytes`);
  const der = Buffer.concat([PKCS8_HEADER, seed]);
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const { x = '' } = createPublicKey(privateKey).export({ format: 'jwk' });
  return {
    publicKey: Buffer.from(x, 'base64url'),
    sign: (data) => sign(null, data, privateKey),
  };
}

/** The public key of 32 bytes, to verify with; null where they are none. */
export function publicKeyOf(bytes: Uint8Array): KeyObject | null {
  try {
    // As a JWK: to read one from DER takes OpenSSL 90 µs, as long as checking a signature does.
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(bytes).toString('base64url') };
    return createPublicKey({ key: jwk, format: 'jwk' });
  } catch {
    return null;
  }
}
