import { base58 } from '@scure/base';

/** Longer than a 64-byte signature is in base58. */
const TEXT_CHARS_MAX = 96;

/** Bytes as base58 text, as Code writes keys, ids and signatures. */
export function toBase58(bytes: Uint8Array): string {
  return base58.encode(bytes);
}

/** The bytes of base58 text; null where it is none, or has another length than `length` bytes. */
export function fromBase58(text: string, length: number): Uint8Array | null {
  if (text.length > TEXT_CHARS_MAX) return null;
  try {
    const bytes = base58.decode(text);
    return bytes.length === length ? bytes : null;
  } catch {
    return null;
  }
}
