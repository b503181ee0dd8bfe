import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import type { Curve } from '../../sdk/wallet/curve.js';

/** What comes before the 32 bytes in PKCS #8 and in SPKI (RFC 8410). */
const PRIVATE_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');
const PUBLIC_HEAD = Buffer.from('302a300506032b6570032100', 'hex');

/** Ed25519 by OpenSSL: Node 20 has it in WebCrypto, too, but warns of that on the terminal. */
export const nodeCurve: Curve = {
  signerOf: async (seed) => {
    const der = Buffer.concat([PRIVATE_HEAD, seed]);
    const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
    return {
      publicKey: new Uint8Array(spki.subarray(PUBLIC_HEAD.length)),
      sign: async (data) => new Uint8Array(sign(null, data, key)),
    };
  },
  verify: async (publicKey, data, signature) => {
    try {
      const der = Buffer.concat([PUBLIC_HEAD, publicKey]);
      const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
      return verify(null, data, key, signature);
    } catch {
      // Not a point of the curve: nothing is signed by it.
      return false;
    }
  },
};
