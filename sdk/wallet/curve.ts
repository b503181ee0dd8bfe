/** Signs with one key; the key itself does not come out. */
export interface Signer {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** 64 bytes. */
  sign(data: Uint8Array): Promise<Uint8Array>;
}

/** Ed25519, by whatever means the program has. */
export interface Curve {
  /** The key pair of a 32-byte seed. */
  signerOf(seed: Uint8Array): Promise<Signer>;
  verify(publicKey: Uint8Array, data: Uint8Array, signature: Uint8Array): Promise<boolean>;
}

/** A key of WebCrypto's, which databases of browsers can hold without knowing what is in it. */
export type OpaqueKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

/** What comes before the seed in PKCS #8 (RFC 8410, section 7). */
const PKCS8_HEAD = [
  0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];
const ED25519 = { name: 'Ed25519' };

/** A copy in memory of its own, as WebCrypto asks for. */
function owned(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}

/** SHA-256, 32 bytes. */
export async function sha256(data: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', owned(data)));
}

/** An HMAC key that can be used and stored, but not read. */
export function macKey(hash: 'SHA-256' | 'SHA-512', secret: Uint8Array): Promise<OpaqueKey> {
  return crypto.subtle.importKey('raw', owned(secret), { name: 'HMAC', hash }, false, ['sign']);
}

/** The HMAC of `data`: 32 or 64 bytes, as the key's hash has. */
export async function mac(key: OpaqueKey, data: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, owned(data)));
}

/** Both halves of a seed's key pair; the private one can be used and stored, but not read. */
export async function opaquePair(
  seed: Uint8Array,
): Promise<{ privateKey: OpaqueKey; publicKey: Uint8Array }> {
  const pkcs8 = new Uint8Array([...PKCS8_HEAD, ...seed]);
  // The public half can only be had from a key that may be read: that one is let go at once.
  const readable = await crypto.subtle.importKey('pkcs8', pkcs8, ED25519, true, ['sign']);
  const { x = '' } = await crypto.subtle.exportKey('jwk', readable);
  const privateKey = await crypto.subtle.importKey('pkcs8', pkcs8, ED25519, false, ['sign']);
  pkcs8.fill(0);
  return { privateKey, publicKey: base64UrlBytes(x) };
}

/** Signs with a private key of WebCrypto's. */
export function opaqueSigner(privateKey: OpaqueKey, publicKey: Uint8Array): Signer {
  return {
    publicKey,
    sign: async (data) =>
      new Uint8Array(await crypto.subtle.sign(ED25519, privateKey, owned(data))),
  };
}

/** Ed25519 by WebCrypto: Chrome 137, Firefox 129, Safari 17, Node 20 (which warns), or newer. */
export const webCurve: Curve = {
  signerOf: async (seed) => {
    const { privateKey, publicKey } = await opaquePair(seed);
    return opaqueSigner(privateKey, publicKey);
  },
  verify: async (publicKey, data, signature) => {
    try {
      const key = await crypto.subtle.importKey('raw', owned(publicKey), ED25519, false, [
        'verify',
      ]);
      return await crypto.subtle.verify(ED25519, key, owned(signature), owned(data));
    } catch {
      // Not a point of the curve: nothing is signed by it.
      return false;
    }
  },
};

/**
 * The key pair of a payload's rendezvous, which all who have seen its code share: its seed is the
 * payload's SHA-256.
 */
export async function rendezvousOf(payload: Uint8Array, curve: Curve): Promise<Signer> {
  return curve.signerOf(await sha256(payload));
}

/** The bytes of base64 in either alphabet, with or without padding. Throws where it is neither. */
export function base64UrlBytes(text: string): Uint8Array {
  const binary = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
