import { formatIban, judgeAccount, judgeIban, judgeRouting } from './bank-numbers.js';
import { formatNumber, judgeNumber } from './card-number.js';
import { formatExpiry, judgeExpiry } from './expiry.js';
import type { FieldSpec } from './field.js';
import {
  formatDigits,
  formatPostal,
  judgeCvc,
  judgeEmail,
  judgeName,
  judgePostal,
} from './short-codes.js';
import type { Texts } from './texts.js';

const numeric = { inputMode: 'numeric' } as const;
const textual = { inputMode: 'text', placeholder: '' } as const;

/** The number on the front of a card. */
export function numberSpec(texts: Texts): FieldSpec {
  return {
    ...numeric,
    key: 'number',
    name: 'number',
    label: texts.number,
    placeholder: '1234 1234 1234 1234',
    autocomplete: 'cc-number',
    incomplete: 'incomplete_number',
    format: formatNumber,
    judge: judgeNumber,
  };
}

/** A card's month and year. */
export function expirySpec(texts: Texts): FieldSpec {
  return {
    ...numeric,
    key: 'expiry',
    name: 'expiry',
    label: texts.expiry,
    placeholder: texts.expiryForm,
    autocomplete: 'cc-exp',
    incomplete: 'incomplete_expiry',
    format: formatExpiry,
    judge: (text) => {
      const now = new Date();
      return judgeExpiry(text, { year: now.getUTCFullYear(), month: now.getUTCMonth() + 1 });
    },
  };
}

/** `brand`: of the number beside it; null while that is not known. */
export function cvcSpec(texts: Texts, brand: () => string | null): FieldSpec {
  const length = (): number | null => {
    const name = brand();
    return name === null ? null : name === 'amex' ? 4 : 3;
  };
  return {
    ...numeric,
    key: 'cvc',
    name: 'cvc',
    label: texts.cvc,
    placeholder: texts.cvcShort,
    autocomplete: 'cc-csc',
    incomplete: 'incomplete_cvc',
    format: (text) => formatDigits(text, length() ?? 4),
    judge: (text) => judgeCvc(text, length()),
  };
}

/** `country`: by its code; empty where none is known. */
export function postalSpec(texts: Texts, country: (text: string) => string): FieldSpec {
  const isUs = country('') === 'US';
  return {
    key: 'postalCode',
    name: 'postalCode',
    label: isUs ? texts.zip : texts.postal,
    placeholder: isUs ? '12345' : '',
    autocomplete: 'billing postal-code',
    inputMode: isUs ? 'numeric' : 'text',
    incomplete: 'incomplete_zip',
    format: (text) => formatPostal(text, country(text)),
    judge: (text) => judgePostal(text, country(text)),
  };
}

/** Whose account it is. */
export function nameSpec(texts: Texts): FieldSpec {
  return {
    ...textual,
    key: 'name',
    name: 'name',
    label: texts.name,
    autocomplete: 'billing name',
    incomplete: 'incomplete_name',
    format: (text) => text.trimStart(),
    judge: judgeName,
  };
}

/** Where notices of a debit go. */
export function emailSpec(texts: Texts): FieldSpec {
  return {
    key: 'email',
    name: 'email',
    label: texts.email,
    placeholder: 'you@example.com',
    autocomplete: 'billing email',
    inputMode: 'email',
    incomplete: 'incomplete_email',
    format: (text) => text,
    judge: judgeEmail,
  };
}

/** An account in the single euro payments area. */
export function ibanSpec(): FieldSpec {
  return {
    ...textual,
    key: 'iban',
    name: 'iban',
    label: 'IBAN',
    placeholder: 'DE00 0000 0000 0000 0000 00',
    autocomplete: 'off',
    incomplete: 'incomplete_iban',
    format: formatIban,
    judge: judgeIban,
  };
}

/** An American bank. */
export function routingSpec(texts: Texts): FieldSpec {
  return {
    ...numeric,
    key: 'routingNumber',
    name: 'routingNumber',
    label: texts.routing,
    placeholder: '110000000',
    autocomplete: 'off',
    incomplete: 'incomplete_routing_number',
    format: (text) => formatDigits(text, 9),
    judge: judgeRouting,
  };
}

/** An account at an American bank. */
export function accountSpec(texts: Texts): FieldSpec {
  return {
    ...numeric,
    key: 'accountNumber',
    name: 'accountNumber',
    label: texts.account,
    placeholder: '000123456789',
    autocomplete: 'off',
    incomplete: 'incomplete_account_number',
    format: (text) => formatDigits(text, 17),
    judge: judgeAccount,
  };
}
