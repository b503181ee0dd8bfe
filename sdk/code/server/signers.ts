import { fromBase58, toBase58 } from '../../../src/wire/code/base58.js';
import { KEY_BYTES } from '../../../src/wire/code/payload.js';
import { type Curve, type Signer, webCurve } from '../../wallet/curve.js';
import { type LoginOption, OptionsError } from '../options.js';

/** A key pair as the published `@code-wallet/keys` has it. */
export interface KeypairLike {
  getPublicKey(): { toBuffer(): Uint8Array };
  /** Its types ask for more than bytes, and it takes bytes. */
  sign(data: never): Uint8Array;
}

/** What signs for a domain: ours, or a key pair of the published package. */
export type AnySigner = Signer | KeypairLike;

/**
 * The signer of an ed25519 seed of 32 bytes, as bytes or in base58: how a shop's server keeps the
 * key of its domain. Throws OptionsError where it is none.
 */
export function signerOfSeed(seed: Uint8Array | string, curve: Curve = webCurve): Promise<Signer> {
  const bytes = typeof seed === 'string' ? fromBase58(seed, KEY_BYTES) : seed;
  if (bytes?.length !== KEY_BYTES) throw new OptionsError(`a seed has ${KEY_BYTES} bytes`);
  return curve.signerOf(bytes);
}

/** Either form as ours. Throws OptionsError where it is neither. */
export function asSigner(signer: AnySigner | undefined): Signer {
  if (signer === undefined || typeof signer.sign !== 'function')
    throw new OptionsError('signer is required');
  if (!('getPublicKey' in signer)) return signer;
  return {
    publicKey: new Uint8Array(signer.getPublicKey().toBuffer()),
    sign: async (data) => new Uint8Array(signer.sign(data as never)),
  };
}

/** Of several signers the one that is a login's verifier; undefined where none is. */
export function verifierAmong(
  signers: readonly AnySigner[] | undefined,
  login: LoginOption | undefined,
): Signer | undefined {
  return signers?.map(asSigner).find(({ publicKey }) => toBase58(publicKey) === login?.verifier);
}
