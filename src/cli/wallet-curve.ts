import { verify } from 'node:crypto';
import type { Curve } from '../../sdk/wallet/curve.js';
import { keyPairOf, publicKeyOf } from '../ed25519.js';

/** Ed25519 by OpenSSL: Node 20 has it in WebCrypto, too, but warns of that on the terminal. */
export const nodeCurve: Curve = {
  signerOf: async (seed) => {
    const { publicKey, sign } = keyPairOf(seed);
    return {
      publicKey: new Uint8Array(publicKey),
      sign: async (data) => new Uint8Array(sign(data)),
    };
  },
  verify: async (publicKey, data, signature) => {
    const key = publicKeyOf(publicKey);
    return key !== null && verify(null, data, key, signature);
  },
};
