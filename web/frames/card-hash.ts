import type { CardParts } from '../../sdk/browser/protocol.js';
import { parseExpiry } from './expiry.js';
import type { Tree } from './form-encoding.js';

/** The `card` of an API call, from the texts of its fields and the parts of a split one. */
export function cardHash(
  texts: { readonly number: string; readonly expiry?: string; readonly cvc?: string },
  parts: CardParts | null,
): Tree {
  const expiry = parseExpiry(texts.expiry ?? '');
  return {
    number: texts.number.replaceAll(' ', ''),
    exp_month: parts?.expMonth ?? expiry?.month,
    exp_year: parts?.expYear ?? expiry?.year,
    cvc: parts === null ? texts.cvc : undefined,
    cvc_token: parts?.cvcToken,
  };
}
