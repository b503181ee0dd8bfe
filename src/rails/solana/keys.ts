import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { toBase58 } from '../../wire/code/base58.js';
import { addressBytes, encodeTransaction } from '../../wire/code/solana/message.js';

/** What comes before 32 bytes of an ed25519 seed in PKCS #8, and of a public key in SPKI. */
const PRIVATE_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const PUBLIC_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** A key that signs transactions. */
export interface Signer {
  /** Its public key, base58. */
  readonly address: string;
  sign(message: Uint8Array): Uint8Array;
}

/** The signer of an ed25519 seed of 32 bytes. */
export function signerOf(seed: Uint8Array): Signer {
  const key = createPrivateKey({
    key: Buffer.concat([PRIVATE_PREFIX, seed]),
    format: 'der',
    type: 'pkcs8',
  });
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
  return {
    address: toBase58(spki.subarray(PUBLIC_PREFIX.length)),
    sign: (message) => sign(null, message, key),
  };
}

/** Whether a signature over a message is an address's own; on another thread. */
export function isSignedBy(
  address: string,
  message: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  let key: KeyObject;
  try {
    const der = Buffer.concat([PUBLIC_PREFIX, addressBytes(address)]);
    key = createPublicKey({ key: der, format: 'der', type: 'spki' });
  } catch {
    return Promise.resolve(false);
  }
  return new Promise((resolve, reject) => {
    verify(null, message, key, signature, (error, ok) => (error ? reject(error) : resolve(ok)));
  });
}

/** A transaction that one key alone signs. */
export function signedAlone(signer: Signer, message: Uint8Array): Uint8Array {
  return encodeTransaction([signer.sign(message)], message);
}
