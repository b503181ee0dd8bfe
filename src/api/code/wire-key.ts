import { fromBase58 } from '../../wire/code/base58.js';
import { KEY_BYTES } from '../../wire/code/payload.js';

/** A key or an id in base58, as messages carry it. Throws where the text is none. */
export function wireKey(text: string): { value: Uint8Array } {
  const value = fromBase58(text, KEY_BYTES);
  if (value === null) throw new Error(`${text} is no key`);
  return { value };
}
