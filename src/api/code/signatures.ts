import { verify } from 'node:crypto';
import { publicKeyOf } from '../../ed25519.js';
import { KEY_BYTES, SIGNATURE_BYTES } from '../../wire/code/payload.js';

/**
 * The points of small order in every form in which they can be written, the sign's bit left out.
 * Whoever likes can sign for these keys: a scalar of zero and a guessed point hold for one text in
 * eight, or for all. Zero is among them, which is often meant as nobody's address.
 */
const NOBODYS_KEYS: ReadonlySet<string> = new Set([
  '00'.repeat(32),
  `01${'00'.repeat(31)}`,
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  `ec${'ff'.repeat(30)}7f`,
  `ed${'ff'.repeat(30)}7f`,
  `ee${'ff'.repeat(30)}7f`,
]);

/**
 * Whether an ed25519 signature over `data` is by a key of 32 bytes. What is no key or signature is
 * answered with false, and so is a key that everybody can sign for. It is worked out beside the
 * main thread, so that payments go on meanwhile.
 */
export async function isSignedBy(
  key: Uint8Array,
  data: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  if (key.length !== KEY_BYTES || signature.length !== SIGNATURE_BYTES) return false;
  if (isNobodys(key)) return false;
  const publicKey = publicKeyOf(key);
  if (publicKey === null) return false;
  return new Promise((resolve) => {
    verify(null, data, publicKey, signature, (error, isValid) => resolve(!error && isValid));
  });
}

function isNobodys(key: Uint8Array): boolean {
  const unsigned = Buffer.from(key);
  unsigned.writeUInt8(unsigned.readUInt8(KEY_BYTES - 1) & 0x7f, KEY_BYTES - 1);
  return NOBODYS_KEYS.has(unsigned.toString('hex'));
}
