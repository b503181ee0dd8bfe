import { verify } from 'node:crypto';
import { keyPairOf, publicKeyOf } from '../../ed25519.js';
import { fromBase58, toBase58 } from '../../wire/code/base58.js';
import { KEY_BYTES } from '../../wire/code/payload.js';
import { encodeTransaction } from '../../wire/code/solana/message.js';

/** A key that signs transactions. */
export interface Signer {
  /** Its public key, base58. */
  readonly address: string;
  sign(message: Uint8Array): Uint8Array;
}

/** The signer of an ed25519 seed of 32 bytes. */
export function signerOf(seed: Uint8Array): Signer {
  const { publicKey, sign } = keyPairOf(seed);
  return { address: toBase58(publicKey), sign };
}

/** Whether a signature over a message is an address's own; on another thread. */
export function isSignedBy(
  address: string,
  message: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  const bytes = fromBase58(address, KEY_BYTES);
  const key = bytes && publicKeyOf(bytes);
  if (key === null) return Promise.resolve(false);
  return new Promise((resolve, reject) => {
    verify(null, message, key, signature, (error, ok) => (error ? reject(error) : resolve(ok)));
  });
}

/** A transaction that one key alone signs. */
export function signedAlone(signer: Signer, message: Uint8Array): Uint8Array {
  return encodeTransaction([signer.sign(message)], message);
}
